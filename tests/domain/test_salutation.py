from __future__ import annotations

import pytest

from domain.salutation import Sex, salutation


@pytest.mark.parametrize(
    ("name", "sex", "zh", "en"),
    [
        ("王芳", "female", "王女士", "Ms Wang"),
        ("欧阳娜娜", "female", "欧阳女士", "Ms Ouyang"),
        ("单 雄", "male", "单先生", "Mr Shan"),
        ("买买提·艾力", "male", "艾力先生", "Mr Aili"),
        ("欧阳", "male", "欧先生", "Mr Ou"),
        ("王芳", None, "王芳", "Wang Fang"),
        ("Sarah Wood", "female", "Wood女士", "Ms Wood"),
        ("Juan  Carlos", None, "Juan Carlos", "Juan Carlos"),
        ("  ", "male", "", ""),
    ],
)
def test_a_customer_is_spoken_to_properly(name: str, sex: Sex | None, zh: str, en: str) -> None:
    latin = {
        "王芳": "Wang Fang", "欧阳娜娜": "Ouyang Nana", "单 雄": "Shan Xiong",
        "买买提·艾力": "Aili Maimaiti", "欧阳": "Ou Yang",
    }.get(name, "")  # fmt: skip
    assert salutation(name, sex, "zh") == zh
    assert salutation(name, sex, "en", latin=latin) == en


def test_without_spelling_a_chinese_name_stays_as_it_is() -> None:
    assert salutation("王芳", "female", "en") == "王芳"
