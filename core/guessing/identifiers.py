"""Columns that could tell who a patient is: by their name or by what stands in them."""

from __future__ import annotations

import re

from core.mapping import fold
from core.reading import TextColumn

_NAMES = (
    "name", "patientname", "fullname", "firstname", "lastname", "surname", "givenname", "initials",
    "姓名", "患者姓名", "病人姓名", "名字", "联系人",
    "phone", "telephone", "tel", "mobile", "cellphone", "电话", "联系电话", "手机", "手机号", "电话号码", "联系方式",
    "email", "mail", "邮箱", "address", "homeaddress", "street", "地址", "家庭住址", "住址",
    "birthdate", "birthday", "dateofbirth", "dob", "出生日期", "出生年月", "生日",
    "idcard", "idcardnumber", "nationalid", "ssn", "passport", "身份证", "身份证号", "身份证号码", "证件号",
    "insurancenumber", "医保号", "社保号",
)
_CONTENT = (
    re.compile(r"[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])\d{3}[\dXx]"),  # Chinese ID card
    re.compile(r"(\+?86[- ]?)?1[3-9]\d{9}"),  # Chinese mobile telephone
    re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}"),
    re.compile(r"\d{3}-\d{2}-\d{4}"),  # US social security number
)
_LOOKED_AT, _MOSTLY = 200, 0.8


def is_identifier(name: str, column: TextColumn) -> bool:
    """Tell whether a column may tell who a patient is."""
    if fold(name) in _NAMES:
        return True
    texts = [t for t in column.values.slice(0, _LOOKED_AT).to_pylist() if t]
    return any(sum(bool(p.fullmatch(t)) for t in texts) > _MOSTLY * len(texts) for p in _CONTENT) if texts else False
