"""The studio in the browser: ``streamlit run app.py``.

As a script this is the page, run once per visit and click. Imported (by ``streamlit run``
itself) it is the server, with a route beside Streamlit's own that hands out sound.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from src.ui import shell
from src.ui.hosts import HostGuard
from src.ui.media import media_routes
from src.ui.serve import check_address
from src.ui.studio_settings import place_of

if __name__ == "__main__":
    shell.run()
else:
    check_address(st.get_option("server.address"))
    # The folder pages/ is st.navigation's; else the very first visit takes it for Streamlit's own.
    PagesManager.uses_pages_directory = False
    place = place_of()
    guard = Middleware(HostGuard, published_at=place.published_at)
    app = st.App(Path(__file__), routes=media_routes(place), middleware=[guard])
