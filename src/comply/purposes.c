#include "comply/purposes.h"

#include "base/diag.h"
#include "comply/identifier_shape.h"
#include "conf/dir.h"

#include <sodium.h>

static bool is_name(struct ward_str s, size_t max)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.p[i] >= 0x80 ||
			(!ward_shape_word(s.p[i]) && s.p[i] != '-' && s.p[i] != '.'))
			return false;
	return s.len && s.len <= max;
}

static void copy(char *to, struct ward_str s)
{
	memcpy(to, s.p, s.len);
	to[s.len] = '\0';
}

static bool has_source(const struct ward_purposes *p, struct ward_str id)
{
	for (size_t i = 0; i < p->n_source; i++)
		if (ward_str_eqz(id, p->source[i].id))
			return true;
	return false;
}

static bool add_purpose(struct ward_purposes *p, struct ward_str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (ward_str_eqz(name, p->name[i]))
			return false;
	if (p->n == WARD_PURPOSES || !is_name(name, WARD_PURPOSE_NAME))
		return false;
	copy(p->name[p->n++], name);
	return true;
}

/* Of the last purpose. */
static bool add_source(struct ward_purposes *p, struct ward_str id, uint32_t line)
{
	if (!p->n || p->n_source == WARD_PURPOSE_SOURCES || !is_name(id, WARD_PURPOSE_ID) ||
		has_source(p, id))
		return false;
	copy(p->source[p->n_source].id, id);
	p->source[p->n_source].of = p->n - 1;
	p->source[p->n_source++].line = line;
	return true;
}

/* ---- identifiers.yml ---- */
static void say(struct ward_diag *d, const struct ward_conf *at, const char *what, const char *mend)
{
	ward_diag_say(d, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
				 .file = at->file,
				 .line = at->line,
				 .what = ward_str_z(what),
				 .mend = ward_str_z(mend)});
}

static void read_one(const struct ward_conf *c, struct ward_diag *d, struct ward_purposes *p)
{
	static const char *const known[] = {"name", "sources", NULL};
	const struct ward_conf *list = ward_conf_get(c, "sources");
	struct ward_str name = {NULL, 0};

	ward_conf_only(c, known, d);
	if (!ward_conf_str(c, "name", true, d, &name))
		return;
	if (!add_purpose(p, name)) {
		say(d, c,
			WARD_TEXT("a purpose has a name of its own, of letters, digits and "
				  "hyphens, 32 at most; there are 8 at most"),
			WARD_TEXT("name each purpose once"));
		return;
	}
	if (!list || list->kind != WARD_CONF_SEQ || !list->child)
		say(d, c, WARD_TEXT("a purpose needs a list of its sources"),
			WARD_TEXT("name them by their ids in sources.yml"));
	for (const struct ward_conf *s = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
		s; s = s->next)
		if (s->kind != WARD_CONF_SCALAR || !add_source(p, s->text, s->line))
			say(d, s,
				WARD_TEXT("a source is of one purpose, by its id; 64 of them can "
					  "be told apart"),
				WARD_TEXT("name each source once"));
}

bool ward_purposes_of(
	const struct ward_conf *file, struct ward_diag *diag, struct ward_purposes *ret)
{
	const struct ward_conf *list = ward_conf_get(file, "purposes");
	size_t before = diag->n_error;

	*ret = (struct ward_purposes){.n = 0};
	if (list && list->kind != WARD_CONF_SEQ)
		say(diag, list, WARD_TEXT("purposes are a list"),
			WARD_TEXT("begin an item with a hyphen for each purpose"));
	for (const struct ward_conf *e = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
		e; e = e->next)
		read_one(e, diag, ret);
	return diag->n_error == before;
}

enum ward_err ward_purposes_load(
	const struct ward_identifiers_in *in, const char *dir, struct ward_purposes *ret)
{
	const struct ward_conf *c = NULL;
	struct ward_conf_beside f;
	enum ward_err err =
		ward_conf_beside(in->arena, in->lim, dir, WARD_IDENTIFIERS_FILE, in->diag, &f);

	*ret = (struct ward_purposes){.n = 0};
	if (!err && f.path.len)
		err = ward_conf_yaml(in->arena, in->lim, f.path, f.bytes, in->diag, &c);
	if (err)
		return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
	return !c || !c->child || ward_purposes_of(c->child, in->diag, ret) ? WARD_OK
									    : WARD_ERR_CONFIG;
}

/* ---- between processes ---- */
void ward_purposes_write(const struct ward_purposes *p, struct ward_wr *w)
{
	for (size_t k = 0; k < p->n; k++) {
		ward_wr_z(w, k ? "," : "");
		ward_wr_z(w, p->name[k]);
		ward_wr_ch(w, '=');
		for (size_t i = 0, n = 0; i < p->n_source; i++)
			if (p->source[i].of == k) {
				ward_wr_z(w, n++ ? " " : "");
				ward_wr_z(w, p->source[i].id);
			}
	}
}

bool ward_purposes_read(struct ward_str text, struct ward_purposes *ret)
{
	*ret = (struct ward_purposes){.n = 0};
	while (text.len) {
		struct ward_str sources = ward_str_cut(&text, ','),
				name = ward_str_cut(&sources, '=');

		if (!add_purpose(ret, name))
			return false;
		while (sources.len)
			if (!add_source(ret, ward_str_cut(&sources, ' '), 0))
				return false;
	}
	return true;
}

struct ward_str ward_purposes_find(const struct ward_purposes *p, struct ward_str source)
{
	for (size_t i = 0; i < p->n_source; i++)
		if (ward_str_eqz(source, p->source[i].id))
			return ward_str_z(p->name[p->source[i].of]);
	return WARD_STR("");
}

void ward_purpose_key(
	const struct ward_pseudonym *hospital, struct ward_str purpose, struct ward_pseudonym *ret)
{
	static const unsigned char what[] = "ward purpose ";
	crypto_generichash_state s;

	*ret = *hospital;
	if (!purpose.len)
		return;
	(void)crypto_generichash_init(&s, hospital->key, sizeof(hospital->key), sizeof(ret->key));
	(void)crypto_generichash_update(&s, what, sizeof(what) - 1);
	(void)crypto_generichash_update(&s, (const unsigned char *)purpose.p, purpose.len);
	(void)crypto_generichash_final(&s, ret->key, sizeof(ret->key));
}
