/* Findings of a register: what does not run, what ends, what nobody has. */
#include "processing/duty.h"
#include "processing/priv.h"

#include <stdio.h>

enum { THINGS = 512, TEXT = 2000 };

struct check {
	const struct ward_processing *p;
	const struct ward_processing_in *in;
	struct ward_str file; /* the register's */
};

static void finding(const struct check *c, const struct ward_proc_verdict *v)
{
	enum ward_diag_level level = v->state == WARD_PROC_TOO_LONG  ? WARD_DIAG_ERROR
				     : v->state == WARD_PROC_STOPPED ? WARD_DIAG_NOTE
								     : WARD_DIAG_WARNING;
	char why[TEXT], mend[TEXT];
	struct ward_wr w = ward_wr_fixed(why, sizeof(why)), m = ward_wr_fixed(mend, sizeof(mend));

	ward_processing_say(&w, NULL, v);
	ward_processing_mend(&m, NULL, v);
	const struct ward_diag_slot slot[] = {
		{"id", v->id}, {"why", ward_wr_text(&w)}, {"mend", ward_wr_text(&m)}};

	ward_diag_say(c->in->diag,
		&(struct ward_diag_item){.level = level,
			.file = v->source  ? v->source->file
				: v->entry ? v->entry->file
					   : c->file,
			.line = v->source  ? v->source->line
				: v->entry ? v->entry->line
					   : 0,
			.what = ward_str_z(ward_proc_runs(v->state)
						   ? WARD_TEXT("'{id}' runs, but {why}")
						   : WARD_TEXT("'{id}' does not start: {why}")),
			.mend = WARD_STR("{mend}"),
			.slot = slot,
			.n_slot = WARD_ARRAY_LEN(slot)});
}

static void warn(const struct check *c, struct ward_str file, uint32_t line, const char *what,
	const char *mend, const struct ward_diag_slot *slot, size_t n)
{
	ward_diag_say(c->in->diag, &(struct ward_diag_item){.level = WARD_DIAG_WARNING,
					   .file = file,
					   .line = line,
					   .what = ward_str_z(what),
					   .mend = ward_str_z(mend),
					   .slot = slot,
					   .n_slot = n});
}

/* An entry that is prepared, and about nothing yet: what the country wants of it before the first
 * of its kind starts. Nothing is wrong meanwhile, but agreements take their time. */
static void look_at_prepared(const struct check *c, const struct ward_proc_entry *e)
{
	struct ward_proc_verdict v;
	char why[TEXT], keys[TEXT];
	struct ward_wr w = ward_wr_fixed(why, sizeof(why)), k = ward_wr_fixed(keys, sizeof(keys));

	if (e->sources.n || e->analytics.n || e->rules.n || e->to.n || e->roles.n || e->rows.n)
		return;
	proc_judge_entry(c->p, e, c->in->now, &v);
	if (!v.n_gap)
		return;
	ward_processing_say(&w, NULL, &v);
	ward_wr_z(&k, "`sources`");
	for (size_t i = 0; i < v.n_gap; i++)
		ward_wr_printf(&k, ", `%s`", ward_proc_need_name(v.gap[i].need));
	const struct ward_diag_slot slot[] = {
		{"id", e->id}, {"why", ward_wr_text(&w)}, {"keys", ward_wr_text(&k)}};

	ward_diag_say(c->in->diag,
		&(struct ward_diag_item){.level = WARD_DIAG_NOTE,
			.file = e->file,
			.line = e->line,
			.what = ward_str_z(
				WARD_TEXT("the entry '{id}' is about nothing yet; {why}")),
			.mend = ward_str_z(WARD_TEXT("before a source of its kind is to start, "
						     "fill in {keys}")),
			.slot = slot,
			.n_slot = WARD_ARRAY_LEN(slot)});
}

/* Who answers for it: wanted as soon as anything has personal data; a register without is
 * unfinished.
 */
static void look_at_head(const struct check *c, bool personal)
{
	if ((!personal && !c->p->written) ||
		(c->p->controller.len && c->p->officer.len && (personal || c->p->contact.len)))
		return;
	ward_diag_say(c->in->diag,
		&(struct ward_diag_item){.level = personal ? WARD_DIAG_WARNING : WARD_DIAG_NOTE,
			.file = c->file,
			.line = c->p->written ? 1 : 0,
			.what = ward_str_z(WARD_TEXT("the register does not say who answers for "
						     "personal data here (GDPR 30(1)(a))")),
			.mend = ward_str_z(WARD_TEXT("write `controller`, `contact` and `officer` "
						     "into processing.yml"))});
}

/* What goes sooner than a law wants it kept. The supervisor keeps it for as long all the same. */
static void too_short(const struct check *c, const struct ward_proc_entry *e, struct ward_str of,
	ward_ns kept, const struct ward_proc_demand *d)
{
	char is[24], least[24];
	struct ward_wr i = ward_wr_fixed(is, sizeof(is)), l = ward_wr_fixed(least, sizeof(least));

	proc_put_span(&i, kept);
	proc_put_span(&l, d->least);
	const struct ward_diag_slot slot[] = {{"entry", e->id}, {"id", of},
		{"kept", ward_wr_text(&i)}, {"least", ward_wr_text(&l)}, {"law", d->law}};

	ward_diag_say(c->in->diag,
		&(struct ward_diag_item){.level = WARD_DIAG_ERROR,
			.file = e->file,
			.line = e->line,
			.what = ward_str_z(d->mark == WARD_PROC_CONFIRMED
						   ? WARD_TEXT("'{id}' of the entry '{entry}' goes "
							       "after {kept}, and is to be kept "
							       "for {least} at least ({law})")
						   : WARD_TEXT("'{id}' of the entry '{entry}' goes "
							       "after {kept}, and is to be kept "
							       "for {least} at least ({law}; "
							       "verify with counsel)")),
			.mend = ward_str_z(WARD_TEXT("write `retention: {least}` or longer")),
			.slot = slot,
			.n_slot = WARD_ARRAY_LEN(slot)});
}

static void look_at_duties(const struct check *c, const struct ward_proc_entry *e)
{
	const struct ward_proc_demand *d;

	for (size_t i = 0; i < e->rows.n; i++) {
		d = ward_processing_least(c->p, WARD_STR(""), e->rows.at[i], c->in->now);
		if (d && e->retention < d->least)
			too_short(c, e, e->rows.at[i], e->retention, d);
	}
	d = ward_processing_least(c->p, e->like, WARD_STR(""), c->in->now);
	for (size_t i = 0; d && i < e->sources.n; i++) {
		const struct ward_source *s = ward_model_source(c->in->m, e->sources.at[i]);

		if (s && s->retention < d->least)
			too_short(c, e, s->id, s->retention, d);
	}
}

/* An entry about what there is none of, or an agreement that nobody wrote down. */
static void look_at_entry(const struct check *c, const struct ward_proc_entry *e)
{
	for (size_t i = 0; i < e->sources.n; i++) {
		const struct ward_diag_slot slot[] = {{"entry", e->id}, {"id", e->sources.at[i]}};

		if (!ward_model_source(c->in->m, e->sources.at[i]))
			warn(c, e->file, e->line,
				WARD_TEXT("the entry '{entry}' is about a source '{id}', which is "
					  "none"),
				WARD_TEXT("write the id of one of sources.yml, or leave it out"),
				slot, 2);
	}
	for (size_t i = 0; i < e->roles.n; i++) {
		uint32_t node = ward_model_find(c->in->m, e->roles.at[i]);
		const struct ward_diag_slot slot[] = {{"entry", e->id}, {"id", e->roles.at[i]}};

		if (node == WARD_NONE || ward_model_node(c->in->m, node)->kind != WARD_NODE_ROLE)
			warn(c, e->file, e->line,
				WARD_TEXT("the entry '{entry}' names a role '{id}', which is none"),
				WARD_TEXT("write the id of one of the hospital's roles, or leave "
					  "it out"),
				slot, 2);
	}
	const struct ward_diag_slot slot[] = {{"entry", e->id}, {"id", e->agreement}};

	if (e->agreement.len && !proc_agreement(c->p, e->agreement))
		warn(c, e->file, e->line,
			WARD_TEXT("the entry '{entry}' rests on an agreement '{id}', which is "
				  "none"),
			WARD_TEXT("add it to `agreements:`, with `with`, `from` and `until`"), slot,
			2);
	if (proc_has(&e->basis, WARD_STR("A6-1-f")))
		warn(c, e->file, e->line,
			WARD_TEXT("the entry '{entry}' rests on legitimate interests, which a "
				  "public hospital's own tasks can't (GDPR 6(1), last sentence)"),
			WARD_TEXT("write A6-1-e, or leave it if this house is a private one"), slot,
			1);
}

/* What GDPR 28(2) to (4), 30(1)(e) and 44 want known of a processor, and is not written. */
static void look_at_processor(const struct check *c, const struct ward_proc_processor *r)
{
	static const char *const what[] = {
		WARD_TEXT("of the processor '{id}' it is not said where it works (GDPR 30(1)(e))"),
		WARD_TEXT("of the processor '{id}' it is not said where its instructions are "
			  "documented (GDPR 28(3)(a))"),
		WARD_TEXT("of the processor '{id}' it is not said within how long it tells of a "
			  "breach (GDPR 33(2))"),
	};
	static const char *const mend[] = {
		WARD_TEXT("write `place` and `country`"),
		WARD_TEXT("write `instructions`: the annex of the contract that has them"),
		WARD_TEXT("write `tells: 24h`, as it was agreed; the law's clocks of this house "
			  "can count by it (docs/law.md)"),
	};
	const bool lacks[] = {!r->place.len || !r->country.len, !r->instructions.len, !r->tells};
	const struct ward_diag_slot slot[] = {{"id", r->id}, {"contract", r->contract}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(lacks); i++)
		if (lacks[i])
			warn(c, r->file, r->line, what[i], mend[i], slot, 1);
	if (r->contract.len && !ward_proc_contract(c->p, r))
		warn(c, r->file, r->line,
			WARD_TEXT("the processor '{id}' names a contract '{contract}', which is "
				  "none"),
			WARD_TEXT("add it to `agreements:`, with `with`, `from` and `until`"), slot,
			2);
}

/* Its processors: whether each is one, and whether what leaves the Union by them is said. */
static void look_at_given(const struct check *c, const struct ward_proc_entry *e)
{
	for (size_t i = 0; i < e->processors.n; i++) {
		const struct ward_proc_processor *r =
			ward_proc_processor(c->p, e->processors.at[i]);
		const struct ward_diag_slot slot[] = {{"entry", e->id}, {"id", e->processors.at[i]},
			{"country", r ? r->country : WARD_STR("")}};

		if (!r)
			warn(c, e->file, e->line,
				WARD_TEXT("the entry '{entry}' names a processor '{id}', which is "
					  "none"),
				WARD_TEXT("add it to `processors:`, with `name`, `for` and "
					  "`contract`"),
				slot, 2);
		else if (!ward_proc_inside(c->p, r) && !e->transfers.n)
			warn(c, e->file, e->line,
				WARD_TEXT("by the processor '{id}' data of the entry '{entry}' get "
					  "to {country}, and by what right is not said (GDPR 44)"),
				WARD_TEXT("write into `transfers` where to, and by which decision "
					  "or safeguard (GDPR 45, 46)"),
				slot, 3);
		else if (!e->sources.n && !e->analytics.n &&
			 !proc_in_force(c->p, r->id, c->in->now))
			warn(c, e->file, e->line,
				WARD_TEXT("the entry '{entry}' gives data to the processor '{id}', "
					  "with which no contract is in force (GDPR 28(3))"),
				WARD_TEXT("write the contract into `agreements` of processing.yml, "
					  "and its id as `contract` of '{id}' in `processors`"),
				slot, 2);
	}
}

void ward_processing_check(const struct ward_processing *p, const struct ward_processing_in *in)
{
	struct ward_proc_verdict *v = ward_arena_array(in->arena, THINGS, sizeof(*v));
	char path[4200];
	size_t n = v ? ward_processing_judge(p, in->m, in->now, v, THINGS) : 0;

	(void)snprintf(path, sizeof(path), "%.4000s/" WARD_PROCESSING_FILE, in->hospital);
	const struct check c = {p, in, ward_str_z(path)};

	n = n < THINGS ? n : THINGS;
	for (size_t i = 0; i < n; i++)
		if (v[i].state != WARD_PROC_RUNS)
			finding(&c, &v[i]);
	for (size_t i = 0; i < p->n_entry; i++) {
		look_at_entry(&c, &p->entry[i]);
		look_at_given(&c, &p->entry[i]);
		look_at_duties(&c, &p->entry[i]);
		look_at_prepared(&c, &p->entry[i]);
	}
	for (size_t i = 0; i < p->n_processor; i++)
		look_at_processor(&c, &p->processor[i]);
	look_at_head(&c, n > 0);
}
