"""One file from the web, or one clear sentence that says why not."""

import contextlib
import io
import warnings
from types import ModuleType

TIMEOUT = 10  # seconds without a byte before a server is given up
BROKEN = "ChunkedEncodingError"  # what requests, whatever the encoding, calls a transfer that ended too early
WORDS = {  # its other errors, by name, since it is pooch that brings it
    BROKEN: "the transfer broke off twice",
    "SSLError": "no safe connection: its certificate was refused",
    "ProxyError": "the proxy does not let us through",
    "TooManyRedirects": "it sends us round in circles",
    "ConnectionError": "it cannot be reached",
}


def fetch(url: str) -> bytes:
    """What the server at `url` sends, with a progress bar once bytes flow.

    Raises `OSError`, in the words of somebody who waits for the file, where there is no answer, nothing comes for
    `TIMEOUT` seconds, or the answer is no file. A transfer that broke off is tried once more.
    """
    try:
        try:
            return _transfer(url)
        except OSError as error:
            # Tried again at once: the server has the file. Whatever else goes wrong (no answer in time, no such
            # file) would go wrong again.
            if type(error).__name__ != BROKEN:
                raise
            return _transfer(url)
    except (OSError, ValueError) as error:  # requests' errors are OSErrors; pooch lets senseless headers through
        raise OSError(_why(error)) from error


def _transfer(url: str) -> bytes:
    """One request; the bytes go nowhere but into memory, so that a process that is killed leaves nothing behind."""
    pooch = _pooch()
    with io.BytesIO() as file, contextlib.closing(_Bar()) as bar:
        pooch.HTTPDownloader(progressbar=bar, timeout=TIMEOUT)(url, file, None)
        return file.getvalue()


def _pooch() -> ModuleType:
    """pooch, imported where it is needed, as that takes a while; and without tqdm's advice to install ipywidgets."""
    import tqdm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tqdm.TqdmWarning)
        import pooch
    return pooch


class _Bar:
    """A progress bar, such as pooch wants it, that appears with the first bytes: a server may answer and send none."""

    total = 0  # bytes, set by pooch; 0 where the server does not say
    _bar = None

    def update(self, n: int) -> None:
        if n and self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=self.total or None, unit="B", unit_scale=True, ncols=79)
        if self._bar is not None:
            self._bar.update(min(n, self.total - self._bar.n) if self.total else n)  # pooch counts in whole chunks

    def reset(self) -> None:
        """pooch starts the bar anew to fill it at the end; ours is as full as it should be."""

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _why(error: Exception) -> str:
    """What went wrong between here and there."""
    if "timed out" in str(error):  # in three of requests' classes
        return f"it sent nothing for {TIMEOUT} seconds"
    response = getattr(error, "response", None)
    if response is not None and not response.ok:
        return f"it answered {response.status_code} {response.reason}"
    known = (WORDS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in WORDS)
    return next(known, f"its answer makes no sense: {type(error).__name__}")
