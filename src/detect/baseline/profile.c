/* Profiles from YAML: which events, whose, and what to learn of them. */
#include "detect/baseline/priv.h"

#include "conf/conf.h"
#include "detect/load.h"

enum { ARENA_MAX = 16 << 20, WALK_SLACK_S = 15, TRAVEL_SLACK_S = 1800, SPEED = 900 };

struct load {
	struct ward_bl_profiles *ps;
	const struct ward_threats *threats;
	struct ward_diag *diag;
	size_t cap;
	enum ward_err err; /* first lack of memory */
};

static const char *const kind_name[] = {
	[WARD_BL_SET] = "set",
	[WARD_BL_RANGE] = "range",
	[WARD_BL_RATE] = "rate",
	[WARD_BL_HOURS] = "hours",
	[WARD_BL_WEEK] = "week",
	[WARD_BL_WALK] = "walk",
	[WARD_BL_TRAVEL] = "travel",
};

const char *ward_bl_kind_name(enum ward_bl_kind k)
{
	_Static_assert(WARD_ARRAY_LEN(kind_name) == WARD_BL_KIND_N, "a name for each kind");
	return k < WARD_BL_KIND_N ? kind_name[k] : "unknown";
}

static void complain(struct load *l, const struct ward_conf *c, const char *what)
{
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, c->file, c->line,
		WARD_TEXT("%s\nsee docs/baselines.md"), what);
}

static struct ward_str keep(struct load *l, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&l->ps->arena, s);

	if (!copy.p)
		l->err = WARD_ERR_NOMEM;
	return copy;
}

/* A scalar is a list of one. Gives how many there are; *ret is the first. */
static size_t list_of(struct load *l, const struct ward_conf *c, const struct ward_conf **ret)
{
	if (c->kind == WARD_CONF_SCALAR) {
		*ret = c;
		return 1;
	}
	*ret = c->child;
	if (c->kind != WARD_CONF_SEQ || !c->n_child)
		complain(l, c, WARD_TEXT("a text or a list of texts is expected here"));
	return c->kind == WARD_CONF_SEQ ? c->n_child : 0;
}

static void read_globs(
	struct load *l, const struct ward_conf *c, struct ward_pattern **ret, size_t *ret_n)
{
	const struct ward_conf *at;
	size_t n = list_of(l, c, &at);

	*ret = ward_arena_array(&l->ps->arena, n, sizeof(**ret));
	if (!*ret)
		l->err = WARD_ERR_NOMEM;
	for (size_t i = 0; i < n && !l->err; i++, at = at->next)
		l->err = ward_pattern_compile(
			&l->ps->arena, at->text, WARD_PATTERN_EXACT, false, &(*ret)[i]);
	*ret_n = l->err ? 0 : n;
}

static void read_conds(struct load *l, const struct ward_conf *c, const char *key,
	struct ward_bl_cond **ret, size_t *ret_n)
{
	const struct ward_conf *map = ward_conf_get(c, key);
	size_t n = 0;

	if (!map)
		return;
	if (map->kind != WARD_CONF_MAP) {
		complain(l, map,
			WARD_TEXT(
				"conditions are a map of a field to a pattern or a list of them"));
		return;
	}
	*ret = ward_arena_array(&l->ps->arena, map->n_child, sizeof(**ret));
	if (!*ret)
		l->err = WARD_ERR_NOMEM;
	for (const struct ward_conf *f = map->child; f && !l->err; f = f->next, n++) {
		(*ret)[n].field = ward_name(l->ps->names, f->key);
		read_globs(l, f, &(*ret)[n].glob, &(*ret)[n].n);
	}
	*ret_n = l->err ? 0 : n;
}

/* "ward.asset|src_ip", "modbus.address+" */
static void read_part(struct load *l, const struct ward_conf *c, struct ward_bl_part *ret)
{
	struct ward_str rest = c->text;

	ret->counted = ward_str_ends(rest, WARD_STR("+"));
	rest.len -= ret->counted;
	while (rest.p && rest.len) {
		struct ward_str name = ward_str_cut(&rest, '|');

		if (!name.len || ret->n_alt == WARD_BL_ALT_MAX) {
			complain(l, c, WARD_TEXT("at most four field names with '|' between them"));
			return;
		}
		ret->alt[ret->n_alt++] = ward_name(l->ps->names, name);
	}
	if (!ret->n_alt)
		complain(l, c, WARD_TEXT("a field's name is missing"));
}

static void read_parts(struct load *l, const struct ward_conf *c, const char *key, bool required,
	struct ward_bl_parts *ret)
{
	const struct ward_conf *v = ward_conf_get(c, key), *at;

	if (!v) {
		if (required)
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, c->file, c->line,
				WARD_TEXT(
					"'%s' is missing\nname the fields, see docs/baselines.md"),
				key);
		return;
	}
	size_t n = list_of(l, v, &at);

	if (n > WARD_BL_FIELDS_MAX)
		complain(l, v, WARD_TEXT("more than six fields"));
	for (; at && n <= WARD_BL_FIELDS_MAX && ret->n < n; at = at->next)
		read_part(l, at, &ret->part[ret->n++]);
}

static void read_level(struct load *l, const struct ward_conf *c, enum ward_level *ret)
{
	const struct ward_conf *v = ward_conf_get(c, "level");

	if (!v)
		return;
	/* What was learned is a hint, never an alarm by itself. */
	for (int i = WARD_LEVEL_INFORMATIONAL; i <= WARD_LEVEL_MEDIUM; i++)
		if (ward_str_eqz(v->text, ward_level_name((enum ward_level)i))) {
			*ret = (enum ward_level)i;
			return;
		}
	complain(l, v, WARD_TEXT("the level of what was learned is informational, low or medium"));
}

static bool is_way(enum ward_bl_kind k)
{
	return k == WARD_BL_WALK || k == WARD_BL_TRAVEL;
}

/* Slack and speed, of dimensions that go from place to place. */
static void read_way(struct load *l, const struct ward_conf *c, struct ward_bl_dim *d)
{
	d->slack = (d->kind == WARD_BL_WALK ? WALK_SLACK_S : TRAVEL_SLACK_S) * WARD_NS_PER_S;
	d->speed = SPEED;
	(void)ward_conf_duration(c, "slack", false, l->diag, &d->slack);
	(void)ward_conf_i64(c, "speed", false, l->diag, 1, 100000, &d->speed);
	if (d->slack < 0)
		complain(l, c, WARD_TEXT("'slack' is negative; write a length of time"));
	if ((ward_conf_get(c, "slack") && !is_way(d->kind)) ||
		(ward_conf_get(c, "speed") && d->kind != WARD_BL_TRAVEL))
		complain(l, c, WARD_TEXT("'slack' is for walk and travel, 'speed' for travel"));
}

/* What a dimension is of, and what it depends on. */
static void read_of(struct load *l, const struct ward_conf *c, struct ward_bl_dim *d)
{
	bool of = d->kind == WARD_BL_SET || d->kind == WARD_BL_RANGE || is_way(d->kind);

	read_parts(l, c, "of", of, &d->of);
	read_parts(l, c, "by", false, &d->by);
	if ((d->kind == WARD_BL_RANGE || is_way(d->kind)) && d->of.n > 1)
		complain(l, c,
			WARD_TEXT("this kind is of one field; write what a range depends on as "
				  "'by', and other fields for the same thing with '|'"));
	if (d->by.n && d->kind != WARD_BL_RANGE)
		complain(l, c, WARD_TEXT("'by' is for ranges"));
}

static void read_dim(struct load *l, const struct ward_conf *c, struct ward_bl_profile *p)
{
	static const char *const known[] = {"id", "kind", "says", "of", "by", "margin", "factor",
		"floor", "level", "slack", "speed", NULL};
	struct ward_bl_dim *d = &p->dim[p->n_dim++];
	struct ward_str kind = {"", 0}, says = {"", 0}, id = {"", 0};
	size_t k = 0;

	d->level = p->level;
	d->factor = -1;
	d->margin = 50;
	d->floor = -1;
	ward_conf_only(c, known, l->diag);
	(void)ward_conf_str(c, "id", true, l->diag, &id);
	(void)ward_conf_str(c, "kind", true, l->diag, &kind);
	(void)ward_conf_str(c, "says", true, l->diag, &says);
	(void)ward_conf_i64(c, "margin", false, l->diag, 0, 100000, &d->margin);
	(void)ward_conf_i64(c, "factor", false, l->diag, 1, 1000, &d->factor);
	(void)ward_conf_i64(c, "floor", false, l->diag, 0, 1 << 30, &d->floor);
	read_level(l, c, &d->level);
	while (k < WARD_BL_KIND_N && !ward_str_eqz(kind, kind_name[k]))
		k++;
	if (k == WARD_BL_KIND_N)
		complain(l, c,
			WARD_TEXT("the kind is set, range, rate, hours, week, walk or travel"));
	d->kind = (enum ward_bl_kind)k;
	d->id = keep(l, id);
	d->says = keep(l, says);
	if (d->factor < 0)
		d->factor = d->kind == WARD_BL_RATE ? 3 : 0;
	if (d->floor < 0)
		d->floor = d->kind == WARD_BL_RATE ? 20 : 0;
	read_way(l, c, d);
	read_of(l, c, d);
	p->ordered |= is_way(d->kind);
	for (size_t i = 0; i + 1 < p->n_dim; i++)
		if (ward_str_eq(p->dim[i].id, d->id))
			complain(l, c, WARD_TEXT("two dimensions of this profile have this id"));
}

static void read_dims(struct load *l, const struct ward_conf *c, struct ward_bl_profile *p)
{
	const struct ward_conf *list = ward_conf_get(c, "learn");

	if (!list || list->kind != WARD_CONF_SEQ || list->n_child > WARD_BL_DIMS_MAX) {
		complain(l, list ? list : c,
			WARD_TEXT("'learn' is a list of at most eight dimensions"));
		return;
	}
	for (const struct ward_conf *d = list->child; d; d = d->next)
		read_dim(l, d, p);
}

/* Who is like whom: by fields, or by where each is most. */
static void read_peers(struct load *l, const struct ward_conf *c, struct ward_bl_profile *p)
{
	const struct ward_conf *home = ward_conf_get(c, "home");

	read_parts(l, c, "peers", false, &p->peers);
	p->home = WARD_BL_DIMS_MAX;
	if (!home)
		return;
	for (size_t i = 0; i < p->n_dim; i++)
		if (ward_str_eq(p->dim[i].id, home->text) && p->dim[i].kind == WARD_BL_SET)
			p->home = i;
	if (p->home == WARD_BL_DIMS_MAX)
		complain(l, home,
			WARD_TEXT("'home' names a dimension of this profile that is a set"));
	if (p->peers.n)
		complain(l, home,
			WARD_TEXT("peers are found by 'peers' or by 'home'; keep one of them"));
}

static void read_threat(struct load *l, const struct ward_conf *c, struct ward_bl_profile *p)
{
	const struct ward_conf *v = ward_conf_get(c, "threat");

	p->threat = WARD_NONE;
	if (!v)
		return;
	p->threat_code = keep(l, v->text);
	if (!l->threats)
		return;
	p->threat = ward_threats_find(l->threats, p->threat_code);
	if (p->threat == WARD_NONE)
		complain(l, v, WARD_TEXT("no such threat in threats.yml"));
}

/* Changes what is told of the learned, not what it means. */
static bool is_judgement(struct ward_str key)
{
	static const char *const word[] = {"says", "level", "slack", "speed"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(word); i++)
		if (ward_str_eqz(key, word[i]))
			return true;
	return false;
}

static void print_node(struct ward_idgen *g, const struct ward_conf *c)
{
	ward_idgen_str(g, c->key);
	ward_idgen_str(g, c->text);
	ward_idgen_u64(g, c->n_child);
}

/* What the learned depends on: class, conditions, key and dimensions; not words, levels and limits
 * of speed. Nesting is that of the format, so three levels of children are all there is. */
static struct ward_id print_of(const struct ward_conf *c)
{
	static const char *const part[] = {
		"class", "when", "unless", "key", "learn", "peers", "home"};
	struct ward_idgen g;

	ward_idgen_init(&g, "baseline.profile");
	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		const struct ward_conf *v = ward_conf_get(c, part[i]);

		if (!v)
			continue;
		print_node(&g, v);
		for (const struct ward_conf *x = v->child; x; x = x->next) {
			print_node(&g, x);
			for (const struct ward_conf *y = x->child; y; y = y->next) {
				if (is_judgement(y->key))
					continue;
				print_node(&g, y);
				for (const struct ward_conf *z = y->child; z; z = z->next)
					print_node(&g, z);
			}
		}
	}
	return ward_idgen_final(&g);
}

static void read_profile(struct load *l, const struct ward_conf *c)
{
	static const char *const known[] = {"id", "title", "class", "when", "unless", "key",
		"learn", "period", "min_events", "drift", "new", "level", "threat", "persons",
		"ordered", "peers", "home", NULL};
	struct ward_bl_profile *p = &l->ps->p[l->ps->n];
	struct ward_str id = {"", 0}, title = {"", 0};
	const struct ward_conf *class = ward_conf_get(c, "class");
	int64_t min_events = 20;

	*p = (struct ward_bl_profile){
		.level = WARD_LEVEL_LOW, .period = 14 * 86400 * WARD_NS_PER_S};
	p->drift = p->period;
	ward_conf_only(c, known, l->diag);
	(void)ward_conf_str(c, "id", true, l->diag, &id);
	(void)ward_conf_str(c, "title", true, l->diag, &title);
	(void)ward_conf_duration(c, "period", false, l->diag, &p->period);
	(void)ward_conf_duration(c, "drift", false, l->diag, &p->drift);
	(void)ward_conf_i64(c, "min_events", false, l->diag, 1, 1 << 30, &min_events);
	(void)ward_conf_bool(c, "new", false, l->diag, &p->tell_new);
	(void)ward_conf_bool(c, "persons", false, l->diag, &p->persons);
	(void)ward_conf_bool(c, "ordered", false, l->diag, &p->ordered);
	p->min_events = (uint64_t)min_events;
	p->id = keep(l, id);
	p->title = keep(l, title);
	if (!class)
		complain(l, c,
			WARD_TEXT("'class' is missing: which events does the profile look at?"));
	else
		read_globs(l, class, &p->class, &p->n_class);
	read_conds(l, c, "when", &p->when, &p->n_when);
	read_conds(l, c, "unless", &p->unless, &p->n_unless);
	read_parts(l, c, "key", true, &p->key);
	read_level(l, c, &p->level);
	read_threat(l, c, p);
	read_dims(l, c, p);
	read_peers(l, c, p);
	l->ps->ordered |= (uint64_t)p->ordered << l->ps->n;
	p->print = print_of(c);
	for (size_t i = 0; i < l->ps->n; i++)
		if (ward_str_eq(l->ps->p[i].id, p->id))
			complain(l, c, WARD_TEXT("another profile has this id"));
	l->ps->n++;
}

static void read_document(struct load *l, const struct ward_conf *doc)
{
	static const char *const known[] = {"baselines", NULL};
	const struct ward_conf *list = ward_conf_get(doc, "baselines");

	ward_conf_only(doc, known, l->diag);
	if (!list || list->kind != WARD_CONF_SEQ) {
		complain(l, doc, WARD_TEXT("a file of profiles is the list 'baselines'"));
		return;
	}
	for (const struct ward_conf *c = list->child; c && !l->err; c = c->next) {
		if (l->ps->n == WARD_BL_PROFILES_MAX - 1) {
			complain(l, c, WARD_TEXT("more than 63 profiles"));
			return;
		}
		read_profile(l, c);
	}
}

static enum ward_err begin(struct load *l, struct ward_names *names, const struct ward_limits *lim)
{
	const struct ward_mem *mem = ward_mem_heap();

	l->ps = ward_mem_alloc(mem, sizeof(*l->ps));
	if (!l->ps)
		return WARD_ERR_NOMEM;
	l->ps->mem = mem;
	l->ps->names = names;
	l->ps->lim = lim;
	ward_arena_init(&l->ps->arena, mem, ARENA_MAX);
	l->ps->p = ward_arena_array(&l->ps->arena, WARD_BL_PROFILES_MAX, sizeof(*l->ps->p));
	return l->ps->p ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_err finish(
	struct load *l, enum ward_err err, size_t n_error, struct ward_bl_profiles **ret)
{
	if (!err)
		err = l->err;
	if (!err && l->diag->n_error > n_error)
		err = WARD_ERR_CONFIG;
	if (err)
		ward_bl_profiles_free(l->ps);
	else
		*ret = l->ps;
	return err;
}

static void read_documents(struct load *l, const struct ward_conf *docs)
{
	for (const struct ward_conf *d = docs->child; d && !l->err; d = d->next)
		read_document(l, d);
}

enum ward_err ward_bl_profiles_parse(struct ward_str file, struct ward_slice text,
	const struct ward_threats *threats, struct ward_names *names, const struct ward_limits *lim,
	struct ward_diag *diag, struct ward_bl_profiles **ret)
{
	struct load l = {.threats = threats, .diag = diag};
	const struct ward_conf *docs = NULL;
	size_t n_error = diag->n_error;
	enum ward_err err = begin(&l, names, lim);

	if (!err)
		err = ward_conf_yaml(&l.ps->arena, lim, file, text, diag, &docs);
	if (!err)
		read_documents(&l, docs);
	return finish(&l, err, n_error, ret);
}

enum ward_err ward_bl_profiles_load(const char *dir, const struct ward_threats *threats,
	struct ward_names *names, const struct ward_limits *lim, struct ward_diag *diag,
	struct ward_bl_profiles **ret)
{
	struct load l = {.threats = threats, .diag = diag};
	size_t n_error = diag->n_error, n = 0;
	const char **path = NULL;
	enum ward_err err = begin(&l, names, lim);

	if (!err)
		err = ward_rule_files(&l.ps->arena, &dir, 1, diag, &path, &n);
	for (size_t i = 0; i < n && !err; i++) {
		const struct ward_conf *docs = NULL;

		err = ward_conf_yaml_file(&l.ps->arena, lim, path[i], diag, &docs);
		if (!err)
			read_documents(&l, docs);
	}
	return finish(&l, err, n_error, ret);
}

void ward_bl_profiles_free(struct ward_bl_profiles *p)
{
	if (!p)
		return;
	ward_arena_fini(&p->arena);
	ward_mem_free(p->mem, p, sizeof(*p));
}

size_t ward_bl_profiles_n(const struct ward_bl_profiles *p)
{
	return p->n;
}
