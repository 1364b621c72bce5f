"""Response: tumour response, and where the treatment failed."""

from ui.response.page import response_page
from ui.shell.page import close_page, open_page
from ui.shell.parts import part

open_page("Response")
part("response", response_page)
close_page()
