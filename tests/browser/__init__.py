"""A real browser for tests: Debian's Chromium without a window, and what is asked of any page.

``axe.min.js`` is axe-core 4.14.1 (© Deque Systems, Mozilla Public License 2.0, see
``LICENSE-axe-core.txt``), unchanged; tests use it, the product does not.
"""
