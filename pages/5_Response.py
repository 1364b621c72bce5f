"""Response: tumour response, and where the treatment failed."""

from ui.response.page import response_page
from ui.shell.page import close_page, open_page

cohort = open_page("Response")
response_page(cohort)
close_page(cohort)
