/* A document as Markdown. Titles and addresses in it were written by attackers: what CommonMark,
 * its tables and autolinks, or HTML could take for markup is escaped with a backslash. */
#include "report/doc.h"

/* Behind these a text goes on, wherever they stand; "." and ")" only make lists behind digits at
 * the begin, ":" and "@" only links, "$" only formulas: they are escaped everywhere all the same.
 */
static bool is_markup(char c)
{
	return c && strchr("\\`*_{}[]()<>#+-!|~&=:@$^\"'", c);
}

/* "3.", "www.x": a point makes a list or a link unless a blank or nothing stands behind a word. */
static bool is_point(struct ward_str s, size_t i)
{
	bool digit = i && s.p[i - 1] >= '0' && s.p[i - 1] <= '9';

	return s.p[i] == '.' && (digit || (i + 1 < s.len && s.p[i + 1] != ' '));
}

/* What readers need not see escaped: within a word, or between words, these are text. */
static bool is_plain(struct ward_str s, size_t i)
{
	bool in = i && i + 1 < s.len && s.p[i - 1] != ' ' && s.p[i + 1] != ' ';

	switch (s.p[i]) {
	case '\'':
	case '"':
	case '(':
		return i == 0 || s.p[i - 1] != ']';
	case ')':
		return true;
	case '-':
		return in && s.p[i - 1] != '-' && s.p[i + 1] != '-' && s.p[i - 1] != '<' &&
		       s.p[i - 1] != '!';
	case ':':
		return i + 1 == s.len || s.p[i + 1] == ' ' ||
		       (s.p[i + 1] >= '0' && s.p[i + 1] <= '9');
	default:
		return false;
	}
}

static void put(struct ward_wr *w, struct ward_str s)
{
	bool digits = true; /* all until here: what stands behind them would make a list of it */

	for (size_t i = 0; i < s.len; i++) {
		bool list = digits && i && s.p[i] == ')';

		if (list || is_point(s, i) || (is_markup(s.p[i]) && !is_plain(s, i)))
			ward_wr_ch(w, '\\');
		ward_wr_ch(w, s.p[i]);
		digits &= s.p[i] >= '0' && s.p[i] <= '9';
	}
}

static void put_row(struct ward_wr *w, const struct ward_doc_block *b)
{
	ward_wr_ch(w, '|');
	for (size_t i = 0; i < b->n; i++) {
		ward_wr_ch(w, ' ');
		put(w, b->cell[i]);
		ward_wr_z(w, " |");
	}
	ward_wr_ch(w, '\n');
}

static void put_around(
	struct ward_wr *w, const char *before, struct ward_str text, const char *behind)
{
	ward_wr_z(w, before);
	put(w, text);
	ward_wr_z(w, behind);
	ward_wr_ch(w, '\n');
}

/* A line of numbers: who reads it sees no bars. */
static void put_bars(struct ward_wr *w, const struct ward_doc_block *b)
{
	put(w, b->cell[0]);
	ward_wr_z(w, " (");
	put(w, b->cell[2]);
	ward_wr_z(w, " – ");
	put(w, b->cell[3]);
	ward_wr_z(w, "): ");
	put(w, b->cell[1]);
	ward_wr_ch(w, '\n');
}

static void put_block(struct ward_wr *w, const struct ward_doc_block *b)
{
	switch (b->kind) {
	case WARD_DOC_TITLE:
		put_around(w, "# ", b->cell[0], "");
		break;
	case WARD_DOC_HEADING:
		put_around(w, "## ", b->cell[0], "");
		break;
	case WARD_DOC_MARK:
	case WARD_DOC_STRONG:
		put_around(w, "**", b->cell[0], "**");
		break;
	case WARD_DOC_TEXT:
		put_around(w, "", b->cell[0], "");
		break;
	case WARD_DOC_ITEM:
		put_around(w, "- ", b->cell[0], "");
		break;
	case WARD_DOC_HEAD:
		put_row(w, b);
		ward_wr_ch(w, '|');
		for (size_t i = 0; i < b->n; i++)
			ward_wr_z(w, "---|");
		ward_wr_ch(w, '\n');
		break;
	case WARD_DOC_ROW:
		put_row(w, b);
		break;
	case WARD_DOC_BARS:
		put_bars(w, b);
		break;
	}
}

void ward_doc_markdown(const struct ward_doc *d, struct ward_wr *w)
{
	for (size_t i = 0; i < d->n; i++) {
		enum ward_doc_kind k = d->block[i].kind;
		bool goes_on = i && ((k == WARD_DOC_ITEM && d->block[i - 1].kind == k) ||
					    k == WARD_DOC_ROW);

		if (i && !goes_on)
			ward_wr_ch(w, '\n');
		put_block(w, &d->block[i]);
	}
}
