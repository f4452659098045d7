"""Our own small set of line icons, drawn on a 24 by 24 grid. An icon never stands without words."""

from __future__ import annotations

PATHS = {
    "alert": "M12 8v5 M12 16.6v.1 M12 3 2.5 20h19z",
    "arrow": "M5 12h14 M13 6l6 6-6 6",
    "back": "M19 12H5 M11 6l-6 6 6 6",
    "calendar": "M4 6h16v14H4z M4 10h16 M8 3v4 M16 3v4",
    "check": "M4.5 12.5 10 18 20 6.5",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z M12 7v5l3.5 2",
    "close": "M6 6l12 12 M18 6 6 18",
    "copy": "M8 8h12v12H8z M16 8V4H4v12h4",
    "download": "M12 4v11 M7 10.5l5 5 5-5 M4 20h16",
    "edit": "M4 20l1-5L16 4l4 4L9 19z M13.5 6.5l4 4",
    "euro": "M18 6.5A7 7 0 1 0 18 17.5 M3.5 10.3H13 M3.5 13.7H12",
    "file": "M6 3h8l4 4v14H6z M14 3v4h4 M9 12h6 M9 16h6",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z M12 11v5.5 M12 7.6v.1",
    "link": "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.8-5.8L12 7 M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.8 5.8L12 17",
    "lock": "M5 11h14v9H5z M8 11V8a4 4 0 0 1 8 0v3",
    "mail": "M3 6h18v12H3z M3 7l9 7 9-7",
    "map": "M9 4 3 6.5v13L9 17l6 3 6-2.5v-13L15 7z M9 4v13 M15 7v13",
    "menu": "M4 7h16 M4 12h16 M4 17h16",
    "out": "M14 4h5v16h-5 M10 8l-4 4 4 4 M6 12h9",
    "people": "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z M3 20c0-4 2.5-6 6-6s6 2 6 6 M15.5 5.5a3.5 3.5 0 0 1 0 6"
    " M17 14.3c2.5.6 4 2.6 4 5.700",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M4.5 20.5c0-4 3-6 7.5-6s7.5 2 7.5 6",
    "plus": "M12 5v14 M5 12h14",
    "print": "M7 9V4h10v5 M7 17H4V9h16v8h-3 M7 14h10v6H7z",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14z M16 16l4.5 4.5",
    "shield": "M12 3l8 3v6c0 4.5-3 7.5-8 9-5-1.5-8-4.5-8-9V6z M8.5 12l2.5 2.5 4.5-5",
    "swap": "M4 8h14 M14 4l4 4-4 4 M20 16H6 M10 12l-4 4 4 4",
}

OF_TONE = {"ok": "check", "wait": "clock", "stop": "alert", "info": "info", "quiet": "info"}
