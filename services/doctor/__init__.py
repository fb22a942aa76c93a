"""The connection doctor: `examination` asks the platforms, `report` keeps and shows what was found."""
