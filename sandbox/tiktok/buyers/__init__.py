"""The other side of the counter: the page on which buyers buy, pay, change their minds and send things back."""
