/* Norms out of files that people write: docs/evidence.md. */
#include "proof/norm.h"

#include <stdio.h>
#include <unistd.h>

enum { PATH_BYTES = 8192, SUBJECT_BYTES = 2 * WARD_NORM_ID + 2 };

/* In the order in which they are told; a later one may follow an earlier one. */
static const char *const known_norm[] = {
	"nis2", "cer", "iso27001", "iso27799", "nen7510", "iec62443", "iso22301"};

struct reader {
	struct ward_arena *a;
	struct ward_diag *diag;
	struct ward_norms *all;
};

static void bad(const struct reader *x, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend)
{
	ward_diag_addf(x->diag, WARD_DIAG_ERROR, at->file, at->line, WARD_TEXT("%s '%.*s'\n%s"),
		what, WARD_STR_ARG(name), mend);
}

const struct ward_norm *ward_norm_of(const struct ward_norms *n, struct ward_str id)
{
	for (size_t i = 0; i < n->n; i++)
		if (ward_str_eq(n->norm[i].id, id))
			return &n->norm[i];
	return NULL;
}

static const struct ward_norm_control *control_of(const struct ward_norm *n, struct ward_str id)
{
	for (size_t i = 0; i < n->n_control; i++)
		if (ward_str_eq(n->control[i].id, id))
			return &n->control[i];
	return NULL;
}

bool ward_norm_has(const struct ward_norms *n, struct ward_str subject)
{
	struct ward_str id = subject, norm = ward_str_cut(&id, '/');
	const struct ward_norm *of = ward_norm_of(n, norm);

	return of && id.p && control_of(of, id);
}

/* Letters, digits, '.' and '-'. */
static bool is_id(struct ward_str s)
{
	bool ok = s.len && s.len <= WARD_NORM_ID;

	for (size_t i = 0; i < s.len && ok; i++)
		ok = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		     (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.' || s.p[i] == '-';
	return ok;
}

/* The scalars of a list, at most max; more, or what is no text, is a finding. */
static size_t list(const struct reader *x, const struct ward_conf *c, const char *key, size_t max,
	const struct ward_conf **ret)
{
	const struct ward_conf *l = ward_conf_get(c, key);
	size_t n = 0;

	if (l && l->kind != WARD_CONF_SEQ)
		bad(x, l, WARD_TEXT("no list under"), ward_str_z(key),
			WARD_TEXT("write a list of texts: [a, b]"));
	for (const struct ward_conf *i = l && l->kind == WARD_CONF_SEQ ? l->child : NULL; i;
		i = i->next) {
		if (i->kind != WARD_CONF_SCALAR || !i->text.len || n == max) {
			bad(x, i, n == max ? WARD_TEXT("too many in") : WARD_TEXT("no text in"),
				ward_str_z(key), WARD_TEXT("write fewer, or a text"));
			return n;
		}
		ret[n++] = i;
	}
	return n;
}

static void read_control(
	const struct reader *x, const struct ward_conf *c, struct ward_norm *n, bool detail)
{
	static const char *const known[] = {"id", "title", "shows", "whole", "adds", "who", NULL};
	const struct ward_conf *at[WARD_NORM_SHOWS];
	struct ward_norm_control *k = &n->control[n->n_control];

	ward_conf_only(c, known, x->diag);
	*k = (struct ward_norm_control){.n_show = 0};
	if (!ward_conf_str(c, "id", true, x->diag, &k->id) ||
		!ward_conf_str(c, "title", true, x->diag, &k->title))
		return;
	if (!is_id(k->id) || control_of(n, k->id)) {
		bad(x, c, WARD_TEXT("not usable as a control's id:"), k->id,
			WARD_TEXT(
				"write its clause once: letters, digits, '.' and '-', at most 16"));
		return;
	}
	(void)ward_conf_str(c, "who", false, x->diag, &k->who);
	(void)ward_conf_bool(c, "whole", false, x->diag, &k->whole);
	size_t n_show = list(x, c, "shows", WARD_NORM_SHOWS, at);

	for (size_t i = 0; i < n_show; i++) {
		k->show[k->n_show] = ward_fact_parse(at[i]->text);
		if (k->show[k->n_show] == WARD_FACT_N)
			bad(x, at[i], WARD_TEXT("Ward has no number called"), at[i]->text,
				WARD_TEXT("write one of docs/evidence.md"));
		else
			k->n_show++;
	}
	k->n_add = list(x, c, "adds", WARD_NORM_ADDS, at);
	for (size_t i = 0; i < k->n_add; i++)
		k->add[i] = at[i]->text;
	if (detail && !k->n_show && !k->n_add)
		bad(x, c, WARD_TEXT("nothing is said of"), k->id,
			WARD_TEXT("give it 'shows' or 'adds'"));
	n->n_control++;
}

/* Clauses that Ward has nothing to do with: by their numbers alone. */
static void read_not(const struct reader *x, const struct ward_conf *c, struct ward_norm *n)
{
	const struct ward_conf *at[WARD_NORM_CONTROLS];
	size_t n_not = list(x, c, "not", WARD_NORM_CONTROLS, at);

	for (size_t i = 0; i < n_not; i++) {
		if (n->n_control == WARD_NORM_CONTROLS || !is_id(at[i]->text) ||
			control_of(n, at[i]->text))
			bad(x, at[i], WARD_TEXT("not usable as a control's id:"), at[i]->text,
				WARD_TEXT("write its clause once"));
		else
			n->control[n->n_control++] = (struct ward_norm_control){.id = at[i]->text};
	}
}

static void read_like(const struct reader *x, const struct ward_conf *c, struct ward_norm *n)
{
	const struct ward_conf *like = ward_conf_get(c, "like");
	const struct ward_norm *of = like ? ward_norm_of(x->all, like->text) : NULL;

	if (like && !of)
		bad(x, like, WARD_TEXT("no norm before it is called"), like->text,
			WARD_TEXT("name one that is read before it, or leave it out"));
	n->like = of ? of->id : WARD_STR("");
	for (size_t i = 0; of && i < of->n_control; i++)
		n->control[n->n_control++] = of->control[i];
}

static enum ward_err read_norm(const struct reader *x, const struct ward_conf *c)
{
	static const char *const known[] = {
		"norm", "name", "mark", "detail", "like", "controls", "not", NULL};
	static const char *const mark[] = {"confirmed", "secondary", "unconfirmed"};
	struct ward_norm n = {.n_control = 0};
	size_t i = 0;

	ward_conf_only(c, known, x->diag);
	if (!ward_conf_str(c, "norm", true, x->diag, &n.id) ||
		!ward_conf_str(c, "name", true, x->diag, &n.name) ||
		!ward_conf_str(c, "mark", true, x->diag, &n.mark))
		return WARD_OK;
	while (i < WARD_ARRAY_LEN(mark) && !ward_str_eqz(n.mark, mark[i]))
		i++;
	if (i == WARD_ARRAY_LEN(mark))
		bad(x, c, WARD_TEXT("no mark:"), n.mark,
			WARD_TEXT("write confirmed, secondary or unconfirmed"));
	if (!is_id(n.id) || ward_norm_of(x->all, n.id) || x->all->n == WARD_NORMS) {
		bad(x, c, WARD_TEXT("not usable as a norm's id:"), n.id,
			WARD_TEXT("write another one, or leave it out"));
		return WARD_OK;
	}
	(void)ward_conf_bool(c, "detail", false, x->diag, &n.detail);
	n.control = ward_arena_array(x->a, WARD_NORM_CONTROLS, sizeof(*n.control));
	if (!n.control)
		return WARD_ERR_NOMEM;
	read_like(x, c, &n);
	const struct ward_conf *l = ward_conf_get(c, "controls");

	for (const struct ward_conf *k = l ? l->child : NULL; k; k = k->next) {
		if (n.n_control == WARD_NORM_CONTROLS) {
			bad(x, k, WARD_TEXT("too many controls of"), n.id,
				WARD_TEXT("there may be 128"));
			break;
		}
		read_control(x, k, &n, n.detail);
	}
	read_not(x, c, &n);
	x->all->norm[x->all->n++] = n;
	return WARD_OK;
}

enum ward_err ward_norm_read(struct ward_str file, struct ward_slice text, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_norms *ret)
{
	const struct reader x = {a, diag, ret};
	const struct ward_conf *docs;
	size_t before = diag->n_error;
	enum ward_err err = ward_conf_yaml(a, lim, file, text, diag, &docs);

	for (const struct ward_conf *c = err ? NULL : docs->child; c && !err; c = c->next)
		err = read_norm(&x, c);
	return !err && diag->n_error > before ? WARD_ERR_CONFIG : err;
}

enum ward_err ward_norms_load(const char *content, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_norms *ret)
{
	enum ward_err err = WARD_OK;

	*ret = (struct ward_norms){.n = 0};
	for (size_t i = 0; i < WARD_ARRAY_LEN(known_norm) && !err; i++) {
		struct ward_slice text;
		char path[PATH_BYTES];

		(void)snprintf(
			path, sizeof(path), "%.4000s/evidence/%s.yml", content, known_norm[i]);
		if (access(path, F_OK) != 0)
			continue;
		err = ward_conf_read(a, lim, path, diag, &text);
		if (!err)
			err = ward_norm_read(ward_str_z(path), text, a, lim, diag, ret);
	}
	return err;
}

const struct ward_proof_added *ward_norm_added(
	const struct ward_proof *p, const struct ward_norm *n, const struct ward_norm_control *c)
{
	char subject[SUBJECT_BYTES];
	struct ward_wr w = ward_wr_fixed(subject, sizeof(subject));

	ward_wr_str(&w, n->id);
	ward_wr_ch(&w, '/');
	ward_wr_str(&w, c->id);
	return ward_proof_added(p, ward_wr_text(&w));
}

enum ward_norm_state ward_norm_state(const struct ward_norm_control *c,
	const struct ward_proof_facts *f, const struct ward_proof_added *added)
{
	size_t have = 0;

	for (size_t i = 0; i < c->n_show; i++)
		have += ward_proof_has(f, c->show[i]);
	if (!c->n_show && !added)
		return WARD_NORM_NOT;
	if (!have && !added)
		return WARD_NORM_NONE;
	return have == c->n_show && (c->whole || added) ? WARD_NORM_COVERED : WARD_NORM_PARTLY;
}

const char *ward_norm_state_name(enum ward_norm_state s)
{
	static const char *const name[WARD_NORM_STATE_N] = {"not", "none", "partly", "covered"};

	return name[s];
}

const char *ward_norm_state_text(enum ward_norm_state s)
{
	static const char *const text[WARD_NORM_STATE_N] = {
		WARD_TEXT("not shown by Ward: the hospital shows it"),
		WARD_TEXT("nothing on record yet"), WARD_TEXT("shown in part"),
		WARD_TEXT("shown by the record")};

	return text[s];
}
