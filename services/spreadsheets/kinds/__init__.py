"""The kinds of spreadsheets, one file each; `registry` names them all."""
