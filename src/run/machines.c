#include "run/machines.h"

#include "conf/dir.h"
#include "conf/id.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 4 << 20, ID_MAX = 32, NAME_MAX_BYTES = 256 };

struct reader {
	const struct ward_machines_in *in;
	struct ward_machines *to;
	enum ward_err err;
};

#define say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

uint64_t ward_machine_rights(void)
{
	uint64_t all = WARD_RIGHT_BIT(WARD_RIGHT_METRICS) | WARD_RIGHT_BIT(WARD_RIGHT_REPORT);

	for (unsigned i = 0; i < WARD_RIGHT_N; i++) {
		struct ward_str name = ward_str_z(ward_right_name((enum ward_right)i));

		if (ward_str_starts(name, WARD_STR("see.")) ||
			ward_str_starts(name, WARD_STR("give.")))
			all |= WARD_RIGHT_BIT(i);
	}
	/* who looks at these is on record as a person */
	return all &
	       ~(WARD_RIGHT_BIT(WARD_RIGHT_SEE_EVIDENCE) | WARD_RIGHT_BIT(WARD_RIGHT_SEE_AUDIT));
}

static struct ward_str text(
	struct reader *r, const struct ward_conf *c, const char *key, bool required)
{
	struct ward_str s;
	enum ward_err err =
		ward_conf_line(c, key, required, NAME_MAX_BYTES, &r->to->arena, r->in->diag, &s);

	r->err = err ? err : r->err;
	return s;
}

/* As `openssl x509 -fingerprint -sha256` writes it, with colons, or without. */
static bool read_print(struct ward_str s, uint8_t ret[WARD_MACHINE_PRINT])
{
	char hex[2 * WARD_MACHINE_PRINT];
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == ':' && n % 2 == 0 && n)
			continue;
		if (n == sizeof(hex))
			return false;
		hex[n++] = s.p[i];
	}
	return n == sizeof(hex) &&
	       ward_str_unhex((struct ward_str){hex, n}, ret, WARD_MACHINE_PRINT);
}

static void take_right(struct reader *r, struct ward_machine *m, const struct ward_conf *w)
{
	enum ward_right k = ward_right_parse(w->text);

	if (k == WARD_RIGHT_N)
		say(r, w, WARD_TEXT("'%.*s' is no right\nwrite one of those in docs/sign-in.md"),
			WARD_STR_ARG(w->text));
	else if (!(ward_machine_rights() & WARD_RIGHT_BIT(k)))
		say(r, w,
			WARD_TEXT("'%.*s' is for people: a machine decides nothing, and looks at "
				  "no person\nleave it out; machines have see.incidents, "
				  "see.plans, see.assets, see.care, see.paths, metrics, "
				  "report, and what docs/region.md names"),
			WARD_STR_ARG(w->text));
	else
		m->rights |= WARD_RIGHT_BIT(k);
}

static void take_place(struct reader *r, struct ward_machine *m, const struct ward_conf *w)
{
	uint32_t node = r->in->m ? ward_model_find(r->in->m, w->text) : WARD_NONE;

	if (r->in->m &&
		(node == WARD_NONE || ward_model_node(r->in->m, node)->kind > WARD_NODE_NETWORK)) {
		say(r, w,
			WARD_TEXT("'%.*s' is no place of the hospital\nwrite the id of a site, "
				  "building, floor, zone, room, door or network"),
			WARD_STR_ARG(w->text));
	} else if (m->n_place == WARD_PERSON_PLACES) {
		say(r, w, WARD_TEXT("more than %d places\nname the buildings that they are in"),
			WARD_PERSON_PLACES);
	} else {
		m->place[m->n_place] = ward_arena_str(&r->to->arena, w->text);
		r->err = m->place[m->n_place++].p ? r->err : WARD_ERR_NOMEM;
	}
}

static void each(struct reader *r, struct ward_machine *m, const struct ward_conf *c,
	const char *key,
	void (*take)(struct reader *r, struct ward_machine *m, const struct ward_conf *w))
{
	const struct ward_conf *list = ward_conf_get(c, key);

	if (list && list->kind == WARD_CONF_SEQ && !list->child) /* is it none, or all? */
		say(r, list,
			WARD_TEXT("'%s' is empty, and would count as if it were not there\ntake it "
				  "out, or name one"),
			key);
	for (const struct ward_conf *w = list && list->kind == WARD_CONF_SEQ ? list->child : list;
		w; w = list->kind == WARD_CONF_SEQ ? w->next : NULL) {
		if (w->kind == WARD_CONF_SCALAR && w->text.len)
			take(r, m, w);
		else
			say(r, w,
				WARD_TEXT("'%s' holds something that is no word\nwrite %s: [one, "
					  "another]"),
				key, key);
	}
}

/* What a region is given is of the whole hospital, and begins with its availability. */
static void check_given(struct reader *r, const struct ward_machine *m, const struct ward_conf *c)
{
	const uint64_t first = WARD_RIGHT_BIT(WARD_RIGHT_GIVE_AVAILABILITY),
		       more = WARD_RIGHT_BIT(WARD_RIGHT_GIVE_INCIDENTS) |
			      WARD_RIGHT_BIT(WARD_RIGHT_GIVE_IMPACTS) |
			      WARD_RIGHT_BIT(WARD_RIGHT_GIVE_NAMES);

	if ((m->rights & more) && !(m->rights & first))
		say(r, ward_conf_get(c, "rights"),
			WARD_TEXT("who is given incidents, impacts or names is given availability, "
				  "too\nadd give.availability"));
	if ((m->rights & first) && m->n_place)
		say(r, ward_conf_get(c, "places"),
			WARD_TEXT("what a region is given tells of the whole hospital\ntake "
				  "`places` out, or the rights that begin with give."));
}

static void read_one(struct reader *r, const struct ward_conf *c)
{
	static const char *const keys[] = {"id", "name", "certificate", "rights", "places", NULL};
	struct ward_machine m = {.line = c->line};

	if (c->kind != WARD_CONF_MAP) {
		say(r, c, WARD_TEXT("this is no machine\nwrite `- id: …` with its keys below"));
		return;
	}
	if (r->to->n == WARD_MACHINES_MAX) {
		say(r, c, WARD_TEXT("more than %d machines\nlet one program ask for several"),
			WARD_MACHINES_MAX);
		return;
	}
	ward_conf_only(c, keys, r->in->diag);
	m.id = text(r, c, "id", true);
	if (m.id.len && !ward_conf_is_id(m.id, ID_MAX))
		say(r, c,
			WARD_TEXT("'%.*s' is no id\nwrite lower-case letters, digits and '-', at "
				  "most %d"),
			WARD_STR_ARG(m.id), ID_MAX);
	m.name = text(r, c, "name", false);
	m.name = m.name.len ? m.name : m.id;
	struct ward_str print = text(r, c, "certificate", true);

	bool good = read_print(print, m.print);

	if (print.len && !good)
		say(r, ward_conf_get(c, "certificate"),
			WARD_TEXT(
				"this is no fingerprint of a certificate\nwrite the 64 hexadecimal "
				"digits of its SHA-256, as `ward account machine` says them"));
	for (size_t i = 0; i < r->to->n; i++)
		if (ward_str_eq(r->to->m[i].id, m.id) ||
			(good && memcmp(r->to->m[i].print, m.print, sizeof(m.print)) == 0))
			say(r, c,
				WARD_TEXT("the id or the certificate is that of line %u "
					  "already\ngive each machine its own"),
				r->to->m[i].line);
	each(r, &m, c, "rights", take_right);
	each(r, &m, c, "places", take_place);
	if (!ward_conf_get(c, "rights"))
		say(r, c, WARD_TEXT("the machine has no right\nadd `rights: [see.incidents]`"));
	check_given(r, &m, c);
	r->to->m[r->to->n++] = m;
}

static void read_file(struct reader *r, const struct ward_conf *docs)
{
	static const char *const keys[] = {"machines", NULL};
	const struct ward_conf *d = docs->child, *list = ward_conf_get(d, "machines");

	if (!d || d->kind != WARD_CONF_MAP || d->next || (list && list->kind != WARD_CONF_SEQ)) {
		say(r, d ? d : docs,
			WARD_TEXT("the file is no list of machines\nwrite `machines:` and below it "
				  "`- id: …`"));
		return;
	}
	ward_conf_only(d, keys, r->in->diag);
	for (const struct ward_conf *c = list ? list->child : NULL; c && !r->err; c = c->next)
		read_one(r, c);
}

static enum ward_err begin(const struct ward_machines_in *in, struct ward_machines *ret)
{
	*ret = (struct ward_machines){.n = 0};
	ward_arena_init(&ret->arena, in->mem, ARENA_BYTES);
	ret->m = ward_arena_array(&ret->arena, WARD_MACHINES_MAX, sizeof(*ret->m));
	return ret->m ? WARD_OK : WARD_ERR_NOMEM;
}

enum ward_err ward_machines_read(const struct ward_machines_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_machines *ret)
{
	struct reader r = {.in = in, .to = ret};
	size_t before = in->diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena a;
	enum ward_err err = begin(in, ret);

	if (err)
		return err;
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 16);
	err = ward_conf_yaml(&a, in->lim, file, bytes, in->diag, &docs);
	if (!err) {
		read_file(&r, docs);
		err = r.err;
	}
	ward_arena_fini(&a);
	return !err && in->diag->n_error != before ? WARD_ERR_CONFIG : err;
}

enum ward_err ward_machines_load(
	const struct ward_machines_in *in, const char *dir, struct ward_machines *ret)
{
	struct ward_conf_beside f;
	struct ward_arena a;

	*ret = (struct ward_machines){.n = 0};
	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_CONF_BYTES) * 2);
	enum ward_err err = ward_conf_beside(&a, in->lim, dir, WARD_MACHINES_FILE, in->diag, &f);

	if (!err && f.path.len)
		err = ward_machines_read(in, f.path, f.bytes, ret);
	ward_arena_fini(&a);
	return err;
}

void ward_machines_free(struct ward_machines *m)
{
	if (m->m)
		ward_arena_fini(&m->arena);
	*m = (struct ward_machines){.n = 0};
}

const struct ward_machine *ward_machine_of(
	const struct ward_machines *m, const uint8_t print[WARD_MACHINE_PRINT])
{
	for (size_t i = 0; i < m->n; i++)
		if (memcmp(m->m[i].print, print, WARD_MACHINE_PRINT) == 0)
			return &m->m[i];
	return NULL;
}
