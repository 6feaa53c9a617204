# SPDX-License-Identifier: Apache-2.0
"""QR codes on a screen of characters: drawn(screen, text) waits for one, compared with the matrix that libqrencode
makes of the text."""
import ctypes

from province import until

CELLS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
QUIET = 4


def encoded(text):
    class Code(ctypes.Structure):
        _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte))]

    library = ctypes.CDLL("libqrencode.so.4")
    library.QRcode_encodeString.restype = ctypes.POINTER(Code)
    code = library.QRcode_encodeString(text.encode(), 0, 0, 2, 1).contents  # level L, bytes, case kept
    width = code.width
    return [[code.data[r * width + c] & 1 for c in range(width)] for r in range(width)]


def modules(rows, width, top=0, left=0, light=False):
    """The matrix of a code of that many modules whose quiet zone begins at a place of the screen, without that zone,
    which has to be clear. `light`: ink stands for the light modules."""
    whole = width + 2 * QUIET
    lines = []
    for row in rows[top:top + (whole + 1) // 2]:
        pairs = [CELLS[cell] for cell in row[left:left + whole]]
        lines += [[pair[half] ^ light for pair in pairs] for half in (0, 1)]
    for number, line in enumerate(lines):
        inside = QUIET <= number < QUIET + width
        edge = line[:QUIET] + line[QUIET + width:] if inside else line
        if any(edge):
            raise AssertionError(f"the quiet zone is not clear in line {number}")
    return [line[QUIET:QUIET + width] for line in lines[QUIET:QUIET + width]]


def drawn(screen, text, **more):
    """Waits until the whole code of a text stands on a screen, module for module; how many modules wide it is."""
    matrix = encoded(text)

    def stands():
        try:
            return modules(screen.screen(), len(matrix), **more) == matrix
        except (AssertionError, KeyError):  # a part of it, or what stood there before
            return False
    until(stands, what=f"the code of {text}\n{screen.dump()}")
    return len(matrix)
