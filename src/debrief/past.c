/* Rows that were kept, read back. */
#include "debrief/past.h"

#include "conf/conf.h"
#include "debrief/write.h"

#include <stdlib.h>

enum {
	TEXTS_MAX = 64 << 20,
	TRACKS_MAX = 1 << 16,
	RUNS_MAX = 1 << 16,
	TEXT_MAX = 200,        /* of a name in a row */
	DIGITS_MAX = 9,        /* before the point */
	MICRO_DIGITS = 6,      /* after it */
	TREE_BYTES = 16 << 20, /* of one line */
};

struct ward_debrief_past {
	const struct ward_mem *mem;
	struct ward_limits lim;
	struct ward_arena texts;
	struct ward_debrief_track *track;
	size_t n_track, cap_track;
};

enum ward_err ward_debrief_past_new(
	const struct ward_mem *mem, const struct ward_limits *lim, struct ward_debrief_past **ret)
{
	struct ward_debrief_past *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	p->mem = mem;
	p->lim = *lim;
	ward_arena_init(&p->texts, mem, TEXTS_MAX);
	*ret = p;
	return WARD_OK;
}

void ward_debrief_past_free(struct ward_debrief_past *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_track; i++)
		ward_mem_free(
			p->mem, p->track[i].run, p->track[i].cap_run * sizeof(*p->track[i].run));
	ward_mem_free(p->mem, p->track, p->cap_track * sizeof(*p->track));
	ward_arena_fini(&p->texts);
	ward_mem_free(p->mem, p, sizeof(*p));
}

/* "0.666666" in millionths; false: it is no such number. */
static bool micro_of(struct ward_str s, int64_t *ret)
{
	struct ward_str rest = s, whole = ward_str_cut(&rest, '.');
	int64_t v = 0;

	if (!whole.len || whole.len > DIGITS_MAX || rest.len > MICRO_DIGITS)
		return false;
	for (size_t i = 0; i < whole.len + MICRO_DIGITS; i++) {
		size_t k = i - whole.len;
		char c = i < whole.len ? whole.p[i] : k < rest.len ? rest.p[k] : '0';

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*ret = v;
	return true;
}

static const char *read_mark(const struct ward_conf *marks, struct ward_debrief_run *r, unsigned m)
{
	enum ward_debrief_mark_id id = (enum ward_debrief_mark_id)m;
	const struct ward_conf *c = ward_conf_get(marks, ward_debrief_mark_name(id));
	char unit = ward_debrief_mark_unit(id);
	int64_t micro;

	if (!c)
		return NULL;
	if (!micro_of(ward_conf_word(c, "value"), &micro))
		return WARD_TEXT("a mark's value is no number\nwrite it as `--keep` does");
	r->mark[m].known = true;
	r->mark[m].held = ward_str_eqz(ward_conf_word(c, "held"), "true");
	r->mark[m].value = unit == 't'   ? micro * (WARD_NS_PER_S / 1000000)
			   : unit == 'n' ? micro / 1000000
					 : micro;
	return NULL;
}

struct row {
	struct ward_str hospital, scenario, variant;
	struct ward_debrief_run run;
};

static struct ward_str short_word(const struct ward_conf *c, const char *key)
{
	struct ward_str s = ward_conf_word(c, key);

	return s.len <= TEXT_MAX ? s : WARD_STR("");
}

/* Which run it was, of c; of a version's scores each says only the model. NULL: it is read; else
 * what is wrong with it, and the mend. */
static const char *read_row(const struct ward_conf *c, const struct ward_conf *run, struct row *r)
{
	struct ward_debrief_stamp *t = &r->run.stamp;
	const char *wrong = NULL;

	*r = (struct row){.hospital = short_word(c, "hospital"),
		.scenario = short_word(c, "scenario"),
		.variant = short_word(c, "variant")};
	*t = (struct ward_debrief_stamp){.of = short_word(run, "of"),
		.ward = short_word(run, "ward"),
		.model = short_word(c, "model"),
		.without = short_word(run, "without")};
	if (!r->hospital.len || !r->scenario.len ||
		ward_time_parse(ward_conf_word(run, "time"), &t->time) != WARD_OK)
		return WARD_TEXT("a score says of which hospital and scenario it is, and when it "
				 "was made\nlet `ward exercise score --keep FILE` write it");
	r->run.held = ward_str_eqz(ward_conf_word(c, "held"), "true");
	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N && !wrong; m++)
		wrong = read_mark(ward_conf_get(c, "marks"), &r->run, m);
	return wrong;
}

static bool is_of(const struct ward_debrief_track *t, const struct row *r)
{
	return ward_str_eq(t->hospital, r->hospital) && ward_str_eq(t->scenario, r->scenario) &&
	       ward_str_eq(t->variant, r->variant) &&
	       ward_str_eq(t->run[0].stamp.without, r->run.stamp.without);
}

static enum ward_err keep_texts(struct ward_debrief_past *p, struct ward_str *const s[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ward_str own = ward_arena_str(&p->texts, *s[i]);

		if (s[i]->len && !own.p)
			return WARD_ERR_NOMEM;
		*s[i] = own;
	}
	return WARD_OK;
}

static enum ward_err take(struct ward_debrief_past *p, struct row *r)
{
	struct ward_str *const all[] = {&r->hospital, &r->scenario, &r->variant, &r->run.stamp.of,
		&r->run.stamp.ward, &r->run.stamp.model, &r->run.stamp.without};
	enum ward_err err = keep_texts(p, all, WARD_ARRAY_LEN(all));
	size_t i = 0;

	while (i < p->n_track && !is_of(&p->track[i], r))
		i++;
	if (!err && i == p->n_track)
		err = ward_mem_more(p->mem, &p->track, p->n_track, &p->cap_track, sizeof(*p->track),
			TRACKS_MAX);
	if (err)
		return err;
	if (i == p->n_track)
		p->track[i] = (struct ward_debrief_track){
			r->hospital, r->scenario, r->variant, NULL, 0, 0};
	struct ward_debrief_track *t = &p->track[i];

	err = ward_mem_more(p->mem, &t->run, t->n_run, &t->cap_run, sizeof(*t->run), RUNS_MAX);
	if (err)
		return err;
	t->run[t->n_run++] = r->run;
	p->n_track += i == p->n_track;
	return WARD_OK;
}

static int by_name(const void *a, const void *b)
{
	const struct ward_debrief_track *x = a, *y = b;
	int by = ward_str_cmp(x->hospital, y->hospital);

	by = by ? by : ward_str_cmp(x->scenario, y->scenario);
	by = by ? by : ward_str_cmp(x->variant, y->variant);
	return by ? by : ward_str_cmp(x->run[0].stamp.without, y->run[0].stamp.without);
}

/* One score, or all of a version. What is wrong: in *ret_wrong, with the mend; then nothing of it
 * is taken. NOMEM. */
static enum ward_err read_scores(
	struct ward_debrief_past *p, const struct ward_conf *c, const char **ret_wrong)
{
	struct ward_str schema = ward_conf_word(c, "schema");
	const struct ward_conf *list = ward_conf_get(c, "scores"), *first = c;
	enum ward_err err = WARD_OK;
	struct row r;

	if (ward_str_eqz(schema, "ward.scores/1"))
		first = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
	else if (!ward_str_eqz(schema, "ward.score/1"))
		first = NULL;
	*ret_wrong =
		first ? NULL
		      : WARD_TEXT("this is no score\nlet `ward exercise score --keep FILE` write "
				  "the file");
	for (const struct ward_conf *x = first; x && !*ret_wrong; x = x == c ? NULL : x->next)
		*ret_wrong = read_row(x, c, &r);
	for (const struct ward_conf *x = *ret_wrong ? NULL : first; x && !err;
		x = x == c ? NULL : x->next)
		if (!read_row(x, c, &r))
			err = take(p, &r);
	return err;
}

static enum ward_err read_line(struct ward_debrief_past *p, struct ward_str file, uint32_t line,
	struct ward_str text, struct ward_diag *diag)
{
	struct ward_arena tree;
	const struct ward_conf *c;
	const char *wrong = NULL;

	ward_arena_init(&tree, p->mem, TREE_BYTES);
	enum ward_err err =
		ward_conf_json(&tree, &p->lim, file, line, ward_str_bytes(text), diag, &c);

	if (!err)
		err = read_scores(p, c, &wrong);
	if (wrong)
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, line, "%s", wrong);
	ward_arena_fini(&tree);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

enum ward_err ward_debrief_past_read(struct ward_debrief_past *p, struct ward_str file,
	struct ward_slice text, struct ward_diag *diag)
{
	struct ward_str rest = ward_slice_text(text);
	size_t before = diag->n_error;
	enum ward_err err = WARD_OK;

	for (uint32_t line = 1; rest.len && !err && diag->n_error == before; line++) {
		struct ward_str one = ward_str_cut(&rest, '\n');

		if (one.len)
			err = read_line(p, file, line, one, diag);
	}
	if (p->n_track)
		qsort(p->track, p->n_track, sizeof(*p->track), by_name);
	return err ? err : diag->n_error == before ? WARD_OK : WARD_ERR_CONFIG;
}

size_t ward_debrief_past_tracks(
	const struct ward_debrief_past *p, const struct ward_debrief_track **ret)
{
	*ret = p->track;
	return p->n_track;
}

int64_t ward_debrief_moved(const struct ward_debrief_track *t, enum ward_debrief_mark_id m)
{
	if (t->n_run < 2)
		return 0;
	const struct ward_debrief_mark *was = &t->run[t->n_run - 2].mark[m],
				       *is = &t->run[t->n_run - 1].mark[m];
	int64_t by = is->value - was->value;

	if (!was->known || !is->known)
		return 0;
	return ward_debrief_mark_at_least(m) ? by : -by;
}

bool ward_debrief_is_worse(const struct ward_debrief_track *t)
{
	bool is = false;

	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++)
		is |= ward_debrief_moved(t, (enum ward_debrief_mark_id)m) < 0;
	return is;
}
