def follow_the_record() -> None:
    pass
