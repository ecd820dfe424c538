"""The second step of signing in: a code from an app on one's phone (TOTP), or one of ten recovery codes.

The app's secret has to be stored as it is, since codes are computed from it; recovery codes are stored as hashes.
After a wrong code the next is only looked at after a pause, which doubles each time.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import b32encode
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django_otp import login
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

RECOVERY_CODES = 10
#: Without the letters and digits that are taken for one another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class WrongCode(ValueError):
    """The message says what to do."""


def is_set_up(user: Any) -> bool:
    return bool(TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).exists())


def is_done(user: Any) -> bool:
    """Whether this person, who has given their password, has also passed the second step, or need not."""
    return bool(user.is_verified()) or not (settings.REQUIRE_TWO_FACTOR or is_set_up(user))


def new_key() -> str:
    return str(default_key())


def address(user: User, key: str) -> str:
    """What a QR code tells the app."""
    return str(TOTPDevice(user=user, key=key).config_url)


def as_typed(key: str) -> str:
    """The key as an app wants it typed in, in groups of four."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def qr_code(user: User, key: str) -> SafeString:
    """An SVG element, drawn here and without any style or script."""
    return mark_safe(  # noqa: S308  it is made of squares alone
        segno.make(address(user, key), micro=False).svg_inline(scale=5, light="#fff", title="QR code")
    )


@transaction.atomic
def set_up(request: HttpRequest, user: User, key: str, code: str) -> list[str]:
    """Switch the second step on for a person whose app shows the right code. Returns the recovery codes.

    Raises WrongCode.
    """
    clock = TOTP(bytes.fromhex(key))
    clock.time = time.time()
    if not (_is_from_app(code) and clock.verify(int(_plain(code)), tolerance=1)):
        raise WrongCode("That is not the code that the app should show now. Is the phone’s clock right?")
    take_away(user)
    device = TOTPDevice.objects.create(user=user, name="App", key=key, last_t=clock.t())
    codes = renew_recovery_codes(user)
    _let_in(request, device)
    return codes


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Ten new ones, each good for one sign-in; earlier ones end."""
    device, _ = StaticDevice.objects.get_or_create(user=user, name="Recovery codes")
    device.token_set.all().delete()
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    ]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=_hash(code)) for code in codes])
    return codes


def recovery_codes_left(user: User) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


def pass_by(request: HttpRequest, user: User, code: str) -> None:
    """Let a person in who gives a right code. Raises WrongCode."""
    kind: Any = TOTPDevice if _is_from_app(code) else StaticDevice
    given = _plain(code) if _is_from_app(code) else _hash(code)
    with transaction.atomic():  # committed whatever comes of it: failures count
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        allowed, _ = device.verify_is_allowed() if device else (True, None)
        is_right = device is not None and device.verify_token(given)
    if not allowed:
        raise WrongCode("There were too many wrong codes. Wait a little, then try the next code.")
    if not is_right:
        raise WrongCode("That code is not right, or was used already. Wait for the next one and try again.")
    _let_in(request, device)


@transaction.atomic
def take_away(user: User) -> None:
    """Switch the second step off: the password alone is asked from now on."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _let_in(request: HttpRequest, device: Device) -> None:
    request.session.cycle_key()
    login(request, device)


def _plain(code: str) -> str:
    return code.replace(" ", "").replace("-", "").lower()


def _is_from_app(code: str) -> bool:
    return len(_plain(code)) == 6 and _plain(code).isascii() and _plain(code).isdigit()


def _hash(code: str) -> str:
    return hashlib.sha256(_plain(code).encode()).hexdigest()[:16]
