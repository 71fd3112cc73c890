#include "run/signers.h"

enum {
	NODES_MAX = 1 << 24,
	NODES_BYTES_MAX = 1 << 30,
	ID_MAX = 4096,
	DEPTH_MAX = 64, /* of what contains what */
	NAMES_MAX = 2 * WARD_PEOPLE_MAX,
};

void ward_signers_put_person(struct ward_wr *w, const struct ward_session *p)
{
	ward_wr_ch(w, 'p');
	ward_session_put(w, p);
}

void ward_signers_put_node(struct ward_wr *w, const struct ward_signers_node *n)
{
	ward_wr_ch(w, 'n');
	ward_wr_lv(w, ward_str_bytes(n->id));
	ward_wr_lv(w, ward_str_bytes(n->parent));
	ward_wr_lv(w, ward_str_bytes(n->zone));
	ward_wr_lv(w, ward_str_bytes(n->network));
}

void ward_signers_put_host(struct ward_wr *w, struct ward_str service, struct ward_str room)
{
	ward_wr_ch(w, 's');
	ward_wr_lv(w, ward_str_bytes(service));
	ward_wr_lv(w, ward_str_bytes(room));
}

void ward_signers_put_directory(struct ward_wr *w, const struct ward_directory *d)
{
	ward_wr_ch(w, 'd');
	ward_wr_u8(w, (uint8_t)d->kind);
	ward_wr_lv(w, ward_str_bytes(d->name));
	ward_wr_be64(w, (uint64_t)d->unconfirmed);
	for (size_t i = 0; i < d->n_breaker; i++) {
		ward_wr_ch(w, 'b');
		ward_wr_lv(w, ward_str_bytes(d->breaker[i]));
	}
	for (size_t i = 0; i < d->n_alias; i++)
		ward_signers_put_name(w, d->alias[i].name, d->alias[i].person);
}

void ward_signers_put_group(struct ward_wr *w, const struct ward_session *g)
{
	ward_wr_ch(w, 'g');
	ward_session_put(w, g);
}

void ward_signers_put_name(struct ward_wr *w, struct ward_str name, struct ward_str person)
{
	ward_wr_ch(w, 'a');
	ward_wr_lv(w, ward_str_bytes(name));
	ward_wr_lv(w, ward_str_bytes(person));
}

/* The number of a node, which may be told later. WARD_NONE: an empty id. */
static enum ward_err number_of(struct ward_signers *s, struct ward_slice id, uint32_t *ret)
{
	*ret = WARD_NONE;
	if (!id.len)
		return WARD_OK;
	enum ward_err err = ward_intern_put(&s->id, ward_slice_text(id), ret);

	if (err || *ret < s->cap)
		return err;
	size_t cap = s->cap ? 2 * s->cap : 1024;
	struct signer_node *more = ward_mem_alloc(ward_mem_heap(), cap * sizeof(*more));

	if (!more)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < cap; i++)
		more[i] = i < s->cap ? s->node[i]
				     : (struct signer_node){WARD_NONE, WARD_NONE, WARD_NONE};
	ward_mem_free(ward_mem_heap(), s->node, s->cap * sizeof(*s->node));
	s->node = more;
	s->cap = cap;
	return WARD_OK;
}

static enum ward_err read_node(struct ward_signers *s, struct ward_rd *r)
{
	struct ward_slice id[4];
	uint32_t at[4];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < WARD_ARRAY_LEN(id); i++)
		id[i] = ward_rd_lv(r, ID_MAX);
	if (ward_rd_bad(r) || !id[0].len)
		return WARD_ERR_MALFORMED;
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(id); i++)
		err = number_of(s, id[i], &at[i]);
	if (!err)
		s->node[at[0]] = (struct signer_node){at[1], at[2], at[3]};
	return err;
}

static enum ward_err read_host(struct ward_signers *s, struct ward_rd *r)
{
	struct ward_slice id = ward_rd_lv(r, ID_MAX), room = ward_rd_lv(r, ID_MAX);
	struct signer_host h;

	if (ward_rd_bad(r) || !id.len)
		return WARD_ERR_MALFORMED;
	enum ward_err err = ward_intern_put(&s->service, ward_slice_text(id), &h.service);

	if (!err)
		err = number_of(s, room, &h.room);
	if (err)
		return err;
	if (s->n_host == s->cap_host) {
		size_t cap = s->cap_host ? 2 * s->cap_host : 256;
		struct signer_host *more = ward_mem_alloc(ward_mem_heap(), cap * sizeof(*more));

		if (!more)
			return WARD_ERR_NOMEM;
		if (s->n_host)
			memcpy(more, s->host, s->n_host * sizeof(*more));
		ward_mem_free(ward_mem_heap(), s->host, s->cap_host * sizeof(*s->host));
		s->host = more;
		s->cap_host = cap;
	}
	s->host[s->n_host++] = h;
	return WARD_OK;
}

static struct ward_str text_of(struct ward_rd *r)
{
	return ward_slice_text(ward_rd_lv(r, ID_MAX));
}

/* What is said of the hospital's directory. */
static enum ward_err read_directory(struct ward_signers *s, struct ward_rd *r, uint8_t what)
{
	if (what == 'd' && !s->directory) {
		s->directory = ward_rd_u8(r) == WARD_DIRECTORY_OIDC ? WARD_DIRECTORY_OIDC
								    : WARD_DIRECTORY_LDAPS;
		s->directory_name = text_of(r);
		s->unconfirmed = (ward_ns)ward_rd_be64(r);
	} else if (what == 'g' && s->directory && s->n_group < WARD_DIRECTORY_GROUPS) {
		ward_session_get(r, &s->group[s->n_group++]);
	} else if (what == 'a' && s->directory && s->n_name < NAMES_MAX) {
		s->name[s->n_name].name = text_of(r);
		s->name[s->n_name++].person = text_of(r);
	} else if (what == 'b' && s->directory && s->n_breaker < WARD_DIRECTORY_BREAKERS) {
		s->breaker[s->n_breaker++] = text_of(r);
	} else {
		return WARD_ERR_MALFORMED;
	}
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}

enum ward_err ward_signers_read(struct ward_signers *s, struct ward_slice text)
{
	struct ward_rd r = ward_rd_slice(text);
	enum ward_err err = WARD_OK;

	*s = (struct ward_signers){.n = 0};
	ward_intern_init(&s->id, ward_mem_heap(), NODES_MAX, NODES_BYTES_MAX);
	ward_intern_init(&s->service, ward_mem_heap(), NODES_MAX, NODES_BYTES_MAX);
	s->p = ward_mem_alloc(ward_mem_heap(), WARD_PEOPLE_MAX * sizeof(*s->p));
	s->group = ward_mem_alloc(ward_mem_heap(), WARD_DIRECTORY_GROUPS * sizeof(*s->group));
	s->name = ward_mem_alloc(ward_mem_heap(), NAMES_MAX * sizeof(*s->name));
	if (!s->p || !s->group || !s->name)
		return WARD_ERR_NOMEM;
	while (!err && ward_rd_left(&r)) {
		uint8_t what = ward_rd_u8(&r);

		if (what == 'n') {
			err = read_node(s, &r);
		} else if (what == 's') {
			err = read_host(s, &r);
		} else if (what == 'p' && s->n < WARD_PEOPLE_MAX) {
			ward_session_get(&r, &s->p[s->n]);
			err = ward_rd_bad(&r) ? WARD_ERR_MALFORMED : WARD_OK;
			s->n += !err;
		} else {
			err = read_directory(s, &r, what);
		}
	}
	return err;
}

void ward_signers_free(struct ward_signers *s)
{
	ward_mem_free(ward_mem_heap(), s->p, s->p ? WARD_PEOPLE_MAX * sizeof(*s->p) : 0);
	ward_mem_free(ward_mem_heap(), s->group,
		s->group ? WARD_DIRECTORY_GROUPS * sizeof(*s->group) : 0);
	ward_mem_free(ward_mem_heap(), s->name, s->name ? NAMES_MAX * sizeof(*s->name) : 0);
	ward_mem_free(ward_mem_heap(), s->node, s->cap * sizeof(*s->node));
	ward_mem_free(ward_mem_heap(), s->host, s->cap_host * sizeof(*s->host));
	ward_intern_fini(&s->id);
	ward_intern_fini(&s->service);
	*s = (struct ward_signers){.n = 0};
}

const struct ward_session *ward_signers_find(const struct ward_signers *s, struct ward_str person)
{
	for (size_t i = 0; i < s->n; i++)
		if (ward_str_eq(s->p[i].person, person))
			return &s->p[i];
	return NULL;
}

const struct ward_session *ward_signers_first(const struct ward_signers *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->p[i].rights & WARD_RIGHT_BIT(WARD_RIGHT_ADMINISTER))
			return &s->p[i];
	return NULL;
}

const struct ward_session *ward_signers_named(const struct ward_signers *s, struct ward_str name)
{
	for (size_t i = 0; i < s->n_name; i++)
		if (ward_str_ieq(s->name[i].name, name))
			return ward_signers_find(s, s->name[i].person);
	for (size_t i = 0; i < s->n; i++)
		if (ward_str_ieq(s->p[i].person, name))
			return &s->p[i];
	return NULL;
}

bool ward_signers_breaks(const struct ward_signers *s, struct ward_str person)
{
	for (size_t i = 0; i < s->n_breaker; i++)
		if (ward_str_eq(s->breaker[i], person))
			return true;
	return false;
}

static bool is_place_of(const struct ward_signers *s, const struct ward_session *p, uint32_t node)
{
	for (size_t i = 0; node != WARD_NONE && i < p->n_place; i++)
		if (ward_str_eq(ward_intern_at(&s->id, node), p->place[i]))
			return true;
	return false;
}

static bool node_within(const struct ward_signers *s, const struct ward_session *p, uint32_t at)
{
	if (is_place_of(s, p, s->node[at].network))
		return true;
	for (int i = 0; i < DEPTH_MAX && at != WARD_NONE; i++, at = s->node[at].parent)
		if (is_place_of(s, p, at) || is_place_of(s, p, s->node[at].zone))
			return true;
	return false;
}

bool ward_signers_within(
	const struct ward_signers *s, const struct ward_session *p, struct ward_str subject)
{
	uint32_t at = ward_intern_find(&s->id, subject), of;

	if (!p->n_place)
		return true;
	if (at != WARD_NONE)
		return node_within(s, p, at);
	of = ward_intern_find(&s->service, subject);
	for (size_t i = 0; of != WARD_NONE && i < s->n_host; i++)
		if (s->host[i].service == of && s->host[i].room != WARD_NONE &&
			node_within(s, p, s->host[i].room))
			return true;
	return of == WARD_NONE;
}
