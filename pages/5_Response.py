"""Response: tumour response, and where the treatment failed."""

from ui.page import close_page, open_page
from ui.response import response_page

cohort = open_page("Response")
response_page(cohort)
close_page(cohort)
