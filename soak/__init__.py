"""Proof under fire: the whole product as processes, something that kills them, and somebody who counts afterwards."""
