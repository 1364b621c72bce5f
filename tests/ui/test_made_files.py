"""A file made at its click is there until the browser has fetched it, whatever others do, and goes with its session."""

import pytest
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from ui.shell import serving


@pytest.fixture
def made(monkeypatch):
    """Make a file in a session; return the manager, the storage and the file's name."""
    monkeypatch.setattr(MediaFileManager, "execute_deferred", MediaFileManager.execute_deferred)
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "mine")
    serving._keep_made_files()
    storage = MemoryMediaFileStorage("/media")
    files = MediaFileManager(storage)
    placeholder = files.add_deferred(lambda: b"a slide", "text/plain", "1.1", "slide.txt")
    return files, storage, files.execute_deferred(placeholder).split("/")[-1]


def test_scripts_of_other_sessions_do_not_delete_it(made):
    files, storage, name = made
    for _ in range(5):
        files.clear_session_refs("another")
        files.remove_orphaned_files()
    assert storage.get_file(name).content == b"a slide"


def test_it_goes_with_its_session(made):
    files, storage, name = made
    files.clear_session_refs("mine")
    files.remove_orphaned_files()
    files.remove_orphaned_files()
    with pytest.raises(MediaFileStorageError):
        storage.get_file(name)
