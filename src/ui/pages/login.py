"""The door: a password for the studio, where APP_PASSWORD is set."""

import hashlib
import hmac
import time

import streamlit as st

from src.ui.login_brake import LoginBrake
from src.ui.state import settings, t

_PAUSE_S = 0.7


def is_right(said: str, password: str) -> bool:
    """Compare with the password in constant time."""
    return hmac.compare_digest(said.encode("utf-8"), password.encode("utf-8"))


@st.cache_resource(show_spinner=False)
def brake() -> LoginBrake:
    """Return the one brake of all visitors."""
    return LoginBrake()


def may_enter() -> bool:
    """Tell whether this visitor may see the studio; asks for the password where there is one."""
    password = settings().password
    if not password or st.session_state.get("entered") == _pass_of(password):
        return True
    _, middle, _ = st.columns([1, 2, 1])
    with middle, st.form("login"):
        st.subheader(t("login.title"))
        said = st.text_input(
            t("login.password"), type="password", autocomplete="current-password", key="password"
        )
        if st.form_submit_button(t("login.enter"), type="primary"):
            wait_s = brake().wait_s()
            if wait_s:
                st.error(t("login.wait", seconds=wait_s))
                return False
            time.sleep(_PAUSE_S)  # slows down guessing
            if is_right(said, password):
                st.session_state["entered"] = _pass_of(password)
                st.rerun()
            brake().wrong()
            st.error(t("login.wrong"))
    return False


def _pass_of(password: str) -> str:
    """Return what a visitor who is in holds: another password lets nobody stay."""
    return hashlib.sha256(password.encode("utf-8")).hexdigest()
