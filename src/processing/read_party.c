/* Agreements, and processors with their contracts (GDPR 28), out of the hospital's register. */
#include "processing/read.h"

enum { LINE_BYTES = 200 };

/* With whom it is goes into messages, and into lists whose lines are parted. */
static struct ward_str read_line(
	const struct proc_reader *x, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err = ward_conf_line(c, key, required, LINE_BYTES, x->arena, x->diag, &s);

	*x->err = err ? err : *x->err;
	return s;
}

void proc_read_agreement(const struct proc_reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "with", "ref", "from", "until", NULL};
	struct ward_processing *p = x->p;
	struct ward_proc_agreement g = {.file = c->file, .line = c->line};

	ward_conf_only(c, known, x->diag);
	if (!proc_read_id(x, c, &g.id))
		return;
	g.with = read_line(x, c, "with", true);
	g.ref = read_line(x, c, "ref", false);
	if (!g.with.len)
		return;
	g.from = proc_read_day(x, c, "from", true);
	g.until = proc_behind(proc_read_day(x, c, "until", false));
	if (g.from != WARD_NS_NEVER && g.until <= g.from)
		proc_bad(x, c, WARD_TEXT("it ends before it begins: '{name}'"), g.id,
			WARD_TEXT("look at `from` and `until`"));
	if (proc_agreement(p, g.id))
		proc_bad(x, c, WARD_TEXT("a second agreement '{name}'"), g.id,
			WARD_TEXT("give it another id"));
	else if (p->n_agreement == WARD_PROC_AGREEMENTS)
		proc_bad(x, c, WARD_TEXT("no room for the agreement '{name}'"), g.id,
			WARD_TEXT("there may be 32 of them"));
	else
		p->agreement[p->n_agreement++] = g;
}

static struct ward_str read_country(const struct proc_reader *x, const struct ward_conf *c)
{
	struct ward_str s = ward_conf_word(c, "country");
	bool ok = s.len == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';

	if (ok || !s.len)
		return s;
	proc_bad(x, c, WARD_TEXT("no country: '{name}'"), s,
		WARD_TEXT("write its two capital letters, as IT (ISO 3166-1)"));
	return WARD_STR("");
}

void proc_read_processor(const struct proc_reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "name", "for", "contract", "place", "country",
		"instructions", "others", "tells", NULL};
	struct ward_processing *p = x->p;
	struct ward_proc_processor r = {.file = c->file, .line = c->line};

	ward_conf_only(c, known, x->diag);
	if (!proc_read_id(x, c, &r.id))
		return;
	r.name = read_line(x, c, "name", true);
	r.does = read_line(x, c, "for", true);
	if (!r.name.len || !r.does.len)
		return;
	r.contract = ward_conf_word(c, "contract");
	r.place = read_line(x, c, "place", false);
	r.country = read_country(x, c);
	r.instructions = read_line(x, c, "instructions", false);
	proc_read_list(x, c, "others", &r.others);
	r.tells = proc_read_span(x, c, "tells");
	if (ward_proc_processor(p, r.id))
		proc_bad(x, c, WARD_TEXT("a second processor '{name}'"), r.id,
			WARD_TEXT("give it another id"));
	else if (p->n_processor == WARD_PROC_PROCESSORS)
		proc_bad(x, c, WARD_TEXT("no room for the processor '{name}'"), r.id,
			WARD_TEXT("there may be 32 of them"));
	else
		p->processor[p->n_processor++] = r;
}
