"""Which language a petitioner writes in, where the channel does not say: Korean or English."""


def language_of(text: str) -> str:
    """`en` where there are Latin letters and no Korean one, else `ko`."""
    korean = any("가" <= ch <= "힣" or "ㄱ" <= ch <= "ㅣ" for ch in text)
    latin = sum(ch.isascii() and ch.isalpha() for ch in text)
    return "en" if latin >= 3 and not korean else "ko"
