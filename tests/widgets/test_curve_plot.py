from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from widgets.curve_plot import plot_lines

EIGHTY = [(0.0, 0.0), (20.0, 80.0), (100.0, 100.0)]


@given(st.integers(0, 120), st.integers(0, 60), st.none() | st.floats(0, 100))
def test_every_line_fits_and_each_column_has_its_point(width, height, cut):
    lines = plot_lines(EIGHTY, cut, width, height)
    assert len(lines) == max(5, height)
    assert max(map(len, lines)) <= max(13, width)
    body = [line[5:].ljust(200) for line in lines[:-2]]
    for column in range(max(8, width - 5)):
        assert "*" in {line[column] for line in body}


def test_the_cut_stands_where_the_key_customers_end():
    lines = plot_lines(EIGHTY, 20.0, 105, 12)
    assert all(line[5 + 20] in "|*" for line in lines[:-2] if len(line) > 25)
    assert lines[-1].split() == ["0%", "20%", "100%"]
    assert "|" not in "".join(line[5:] for line in plot_lines(EIGHTY, None, 60, 12)[:-2])
