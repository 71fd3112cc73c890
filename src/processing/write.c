/* The register as a table in a terminal, and what is never done. */
#include "processing/priv.h"
#include "processing/terms.h"

/* What people wrote, without what would drive a terminal or begin a table's cell. */
static void put_plain(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		ward_wr_ch(w, c < ' ' || c == 0x7f ? ' ' : c == '|' ? '/' : s.p[i]);
	}
}

static void put_list(struct ward_wr *w, const struct ward_proc_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		ward_wr_z(w, i ? ", " : "");
		put_plain(w, l->at[i]);
	}
}

static struct ward_str name_of(
	const struct ward_processing_view *x, const struct ward_proc_verdict *v)
{
	return v->source ? v->name : ward_lang_text(x->lang, v->name);
}

static bool is_shown(const struct ward_processing_view *x, const struct ward_proc_verdict *v)
{
	return !x->missing || v->state != WARD_PROC_RUNS;
}

void ward_processing_write_table(const struct ward_processing_view *x, struct ward_wr *w)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct ward_proc_verdict *v = &x->v[i];

		if (!is_shown(x, v))
			continue;
		n++;
		put_plain(w, v->id);
		ward_wr_z(w, "  ");
		put_plain(w, name_of(x, v));
		ward_wr_z(w, "\n  ");
		ward_say(w, x->lang, ward_proc_state_says(v->state));
		if (v->state != WARD_PROC_RUNS) {
			ward_wr_z(w, ": ");
			ward_processing_say(w, x->lang, v);
			ward_wr_z(w, "\n  ");
			ward_say(w, x->lang, WARD_TEXT("mend:"));
			ward_wr_ch(w, ' ');
			ward_processing_mend(w, x->lang, v);
		}
		ward_wr_z(w, "\n  ");
		put_plain(w, ward_proc_purpose(v));
		ward_wr_z(w, "\n  ");
		put_list(w, ward_proc_basis(v));
		ward_wr_z(w, "; ");
		put_list(w, ward_proc_people(v));
		if (v->kept) {
			ward_wr_z(w, "; ");
			proc_put_span(w, v->kept);
		}
		ward_wr_ch(w, '\n');
	}
	if (!n) {
		ward_say(w, x->lang,
			x->missing ? WARD_TEXT("Nothing is missing.")
				   : WARD_TEXT("No source here has personal data."));
		ward_wr_ch(w, '\n');
	}
}

/* What Ward never does, whatever is written into a register: tools/absent looks that nothing that
 * could is linked. */
static const char *const never_done[] = {
	WARD_TEXT("recognising faces, gaits or voices, or comparing pictures of persons"),
	WARD_TEXT("guessing moods, feelings, attention or health from pictures or behaviour"),
	WARD_TEXT("sorting people by origin, sex, age, belief or any other trait"),
	WARD_TEXT("measuring how fast, how long or how well somebody works"),
	WARD_TEXT("figures of groups of fewer than five people"),
};

const char *ward_processing_never(size_t i)
{
	return i < WARD_ARRAY_LEN(never_done) ? never_done[i] : NULL;
}
