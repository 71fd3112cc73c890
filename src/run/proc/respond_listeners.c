#include "run/proc/respond_listeners.h"

#include "run/proc/respond_memory.h"

#include <stdio.h>
#include <unistd.h>

enum {
	LISTENERS_BYTES = 256 << 20,
	NODES_MAX = 4 << 20,
	NODE_BYTES_MAX = 512 << 20,
	TEXTS_BYTES = 256 << 20,
};

struct reading {
	struct ward_process *p;
	const struct ward_limits *lim;
	struct respond_listeners *l;
};

static void need(struct reading *d, enum ward_err err)
{
	if (err)
		ward_process_die(d->p, "out of memory", err);
}

bool respond_listeners_at(void *ctx, struct ward_str id, struct ward_respond_place *ret)
{
	struct respond_listeners *l = ctx;
	uint32_t i = ward_intern_find(&l->node, id);

	if (i != WARD_NONE)
		*ret = l->node_at[i];
	return i != WARD_NONE;
}

size_t respond_listeners_bounds(void *ctx, struct ward_str places, uint32_t ret[WARD_PERSON_PLACES])
{
	const struct respond_listeners *l = ctx;
	size_t n = 0;

	while (places.p && places.len && n < WARD_PERSON_PLACES) {
		uint32_t i = ward_intern_find(&l->node, ward_str_cut(&places, ' '));

		if (i != WARD_NONE)
			ret[n++] = i;
	}
	return n;
}

/* "NODE PLACE PLACE …", numbers of `node` lines before it: that is somewhere, in these places. */
static bool take_within(struct reading *d, struct ward_str rest)
{
	uint64_t i, place;
	size_t n = 0;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &i) || i >= d->l->node.n)
		return false;
	for (size_t k = 0; k < rest.len; k++)
		n += rest.p[k] == ' ';
	uint32_t *bound = ward_arena_array(&d->l->texts, n + 1, sizeof(*bound));
	struct ward_respond_place *at = &d->l->node_at[i];

	if (!bound)
		need(d, WARD_ERR_NOMEM);
	at->placed = true;
	at->bound = bound;
	for (at->n_bound = 0; rest.len && at->n_bound < WARD_RESPOND_BOUNDS; at->n_bound++) {
		if (!ward_str_u64(ward_str_cut(&rest, ' '), &place) || place >= d->l->node.n)
			return false;
		bound[at->n_bound] = (uint32_t)place;
	}
	return !rest.len;
}

/* "LISTENERS CAMERAS ID", masks */
static bool take_node(struct reading *d, struct ward_str rest)
{
	uint64_t listeners, cameras;
	uint32_t i;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &listeners) ||
		!ward_str_u64(ward_str_cut(&rest, ' '), &cameras) || !rest.len)
		return false;
	need(d, ward_mem_more(ward_mem_heap(), &d->l->node_at, d->l->node.n, &d->l->cap_node,
			sizeof(*d->l->node_at), NODES_MAX));
	need(d, ward_intern_put(&d->l->node, rest, &i));
	d->l->node_at[i] =
		(struct ward_respond_place){.listeners = (uint32_t)listeners, .cameras = cameras};
	return true;
}

/* "NANOSECONDS KEY<tab>NAME<tab>URL" */
static bool take_camera(struct reading *d, struct ward_str rest)
{
	struct ward_respond_camera *c = &d->l->camera[d->l->n_camera];
	int64_t ns;

	if (d->l->n_camera == WARD_RESPOND_CAMERAS || !ward_str_i64(ward_str_cut(&rest, ' '), &ns))
		return false;
	c->recorded_for = ns;
	c->key = ward_arena_str(&d->l->texts, ward_str_cut(&rest, '\t'));
	c->name = ward_arena_str(&d->l->texts, ward_str_cut(&rest, '\t'));
	c->url = ward_arena_str(&d->l->texts, rest);
	bool ok = c->key.len && c->name.p && c->url.p;

	d->l->n_camera += ok;
	return ok;
}

static struct ward_lang *language(struct reading *d, struct ward_str code)
{
	const char *content = ward_process_setting(d->p, "content");
	struct ward_lang *lang = NULL;
	struct ward_diag diag;
	char dir[4096];

	if (!content || snprintf(dir, sizeof(dir), "%s/words", content) >= (int)sizeof(dir))
		return NULL;
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_lang_load(dir, code, d->lim, ward_mem_heap(), &diag, &lang);

	if (err) /* then it is told in English */
		WARD_LOG(
			&d->p->log, ERROR, "respond.lang", WARD_KV_S("lang", code), WARD_KV_E(err));
	ward_diag_fini(&diag);
	ward_lang_count_in(lang, &d->p->counters);
	return lang;
}

/* "LISTENER NANOSECONDS MASK TEST NANOSECONDS" */
static bool take_ladder(struct reading *d, struct ward_str rest)
{
	uint64_t k, after, test;
	int64_t ns, beat;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &k) || k >= d->l->n ||
		!ward_str_i64(ward_str_cut(&rest, ' '), &ns) ||
		!ward_str_u64(ward_str_cut(&rest, ' '), &after) ||
		!ward_str_u64(ward_str_cut(&rest, ' '), &test) || !ward_str_i64(rest, &beat))
		return false;
	d->l->listener[k].test = (uint32_t)test;
	d->l->listener[k].heartbeat = beat;
	d->l->listener[k].acknowledge = ns;
	d->l->listener[k].after = (uint32_t)after;
	return true;
}

/* "LISTENER" */
static bool take_untaken(struct reading *d, struct ward_str rest)
{
	uint64_t k;

	if (!ward_str_u64(rest, &k) || k >= d->l->n)
		return false;
	d->l->listener[k].untaken = true;
	return true;
}

/* "LISTENER ID" */
static bool take_role(struct reading *d, struct ward_str rest)
{
	uint64_t k;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &k) || k >= d->l->n ||
		d->l->listener[k].n_role == WARD_RECIPIENT_ROLES)
		return false;
	struct ward_str *role = &d->l->role[k][d->l->listener[k].n_role++];

	d->l->listener[k].role = d->l->role[k];
	*role = ward_arena_str(&d->l->texts, rest);
	return role->p && role->len;
}

static bool take_about(struct reading *d, struct ward_str word,
	struct ward_str list[WARD_RECIPIENT_ABOUT], size_t *n)
{
	if (*n == WARD_RECIPIENT_ABOUT)
		return false;
	list[*n] = ward_arena_str(&d->l->texts, word);
	return list[*n].p && list[(*n)++].len;
}

/* "LISTENER CODE": of incidents with such a threat alone. */
static bool take_threat(struct reading *d, struct ward_str rest)
{
	uint64_t k;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &k) || k >= d->l->n)
		return false;
	d->l->listener[k].threat = d->l->threat[k];
	return take_about(d, rest, d->l->threat[k], &d->l->listener[k].n_threat);
}

/* "LISTENER ID": of incidents that may hit such a service alone. */
static bool take_service(struct reading *d, struct ward_str rest)
{
	uint64_t k;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &k) || k >= d->l->n)
		return false;
	d->l->listener[k].service = d->l->service[k];
	return take_about(d, rest, d->l->service[k], &d->l->listener[k].n_service);
}

/* "LISTENER ID" */
static bool take_person(struct reading *d, struct ward_str rest)
{
	uint64_t k;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &k) || k >= d->l->n)
		return false;
	d->l->listener[k].person = ward_arena_str(&d->l->texts, rest);
	return d->l->listener[k].person.p && rest.len;
}

/* "LISTENER NAME" */
static bool take_name(struct reading *d, struct ward_str rest)
{
	uint64_t k;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &k) || k >= d->l->n)
		return false;
	d->l->listener[k].name = ward_arena_str(&d->l->texts, rest);
	return d->l->listener[k].name.p && rest.len;
}

/* "NANOSECONDS" */
static bool take_hand_over(struct reading *d, struct ward_str rest)
{
	return ward_str_i64(rest, &d->l->hand_over);
}

/* "ID NAME" */
static bool take_called(struct reading *d, struct ward_str rest)
{
	struct ward_respond_role *r = &d->l->called[d->l->n_called];

	if (d->l->n_called == WARD_RESPOND_ROLES)
		return false;
	rest = ward_arena_str(&d->l->texts, rest);
	r->id = ward_str_cut(&rest, ' ');
	r->name = rest;
	bool ok = r->id.len && r->name.len;

	d->l->n_called += ok;
	return ok;
}

/* "UNTIL ID WITH" */
static bool take_ending(struct reading *d, struct ward_str rest, bool contract)
{
	struct ward_respond_agreement *a = &d->l->agreement[d->l->n_agreement];

	if (d->l->n_agreement == WARD_RESPOND_AGREEMENTS ||
		!ward_str_i64(ward_str_cut(&rest, ' '), &a->until))
		return false;
	rest = ward_arena_str(&d->l->texts, rest);
	a->id = ward_str_cut(&rest, ' ');
	a->with = rest.p ? rest : WARD_STR("");
	a->contract = contract;
	d->l->n_agreement += a->id.len != 0;
	return a->id.len != 0;
}

static bool take_agreement(struct reading *d, struct ward_str rest)
{
	return take_ending(d, rest, false);
}

static bool take_contract(struct reading *d, struct ward_str rest)
{
	return take_ending(d, rest, true);
}

/* "ID ROLE ROLE …" */
static bool take_post(struct reading *d, struct ward_str rest)
{
	struct ward_respond_post *p = &d->l->post[d->l->n_post];
	size_t n = 1;

	if (d->l->n_post == WARD_RESPOND_POSTS)
		return false;
	rest = ward_arena_str(&d->l->texts, rest);
	for (size_t i = 0; i < rest.len; i++)
		n += rest.p[i] == ' ';
	struct ward_str *role = ward_arena_array(&d->l->texts, n, sizeof(*role));

	if (!rest.p || !role)
		return false;
	p->id = ward_str_cut(&rest, ' ');
	for (p->role = role, p->n_role = 0; rest.len; p->n_role++)
		role[p->n_role] = ward_str_cut(&rest, ' ');
	bool ok = p->id.len && p->n_role;

	d->l->n_post += ok;
	return ok;
}

/* "LISTENER KIND TOPIC" */
static bool take_topics(struct reading *d, struct ward_str rest)
{
	uint64_t k, kind;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &k) || k >= d->l->n ||
		!ward_str_u64(ward_str_cut(&rest, ' '), &kind) || kind > WARD_TOPICS_TICKETS)
		return false;
	d->l->listener[k].topics = (enum ward_topics)kind;
	d->l->listener[k].topic = ward_arena_str(&d->l->texts, rest);
	return d->l->listener[k].topic.p != NULL;
}

/* "LISTENER NANOSECONDS NANOSECONDS NAME SENDER" */
static bool take_standard(struct reading *d, struct ward_str rest)
{
	uint64_t k;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &k) || k >= d->l->n)
		return false;
	struct ward_listener *l = &d->l->listener[k];
	int64_t every, each;

	if (!ward_str_i64(ward_str_cut(&rest, ' '), &every) ||
		!ward_str_i64(ward_str_cut(&rest, ' '), &each))
		return false;
	l->every = every;
	l->at_most_each = each;
	l->sends = ward_standard_parse(ward_str_cut(&rest, ' '));
	l->sender = ward_arena_str(&d->l->texts, rest);
	d->l->standards = true;
	return l->sends && l->sender.p && l->sender.len;
}

/* "LISTENER NANOSECONDS NANOSECONDS" */
static bool take_heads(struct reading *d, struct ward_str rest)
{
	uint64_t k;
	int64_t every, each;

	if (!ward_str_u64(ward_str_cut(&rest, ' '), &k) || k >= d->l->n ||
		!ward_str_i64(ward_str_cut(&rest, ' '), &every) || !ward_str_i64(rest, &each))
		return false;
	d->l->listener[k].heads = true;
	d->l->listener[k].every = every;
	d->l->listener[k].at_most_each = each;
	return true;
}

/* "ID THREAT,THREAT NAME" */
static bool take_playbook(struct reading *d, struct ward_str rest)
{
	struct ward_respond_playbook *p = &d->l->playbook[d->l->n_playbook];
	struct ward_str threats, *threat;
	size_t n = 1;

	if (d->l->n_playbook == WARD_RECIPIENT_PLAYBOOKS)
		return false;
	p->id = ward_arena_str(&d->l->texts, ward_str_cut(&rest, ' '));
	threats = ward_arena_str(&d->l->texts, ward_str_cut(&rest, ' '));
	p->name = ward_arena_str(&d->l->texts, rest);
	for (size_t i = 0; i < threats.len; i++)
		n += threats.p[i] == ',';
	threat = ward_arena_array(&d->l->texts, n, sizeof(*threat));
	if (!p->id.len || !threats.len || !p->name.len || !threat)
		return false;
	for (p->n_threat = 0; threats.len;)
		threat[p->n_threat++] = ward_str_cut(&threats, ',');
	p->threat = threat;
	d->l->n_playbook++;
	return true;
}

/* No alarm waits for it. */
static bool pass_over(struct reading *d, struct ward_str line)
{
	WARD_LOG(&d->p->log, ERROR, "respond.passed_over", WARD_KV_S("line", line));
	ward_count_name(&d->p->counters, "respond.passed_over", 1);
	return true;
}

/* "listener ID LEVEL KINDS EVERYWHERE BOOKMARKS FOR,TLP LANGUAGE", "camera …", in their order;
 * then "ladder …", "untaken …", "role …", "threat …", "service …", "person …", "called …",
 * "hand-over …", "post …", "topics …", "sends …" and "heads …" and "agreement …" of some, "playbook
 * …", "node …", "within …" */
static bool read_line(struct reading *d, struct ward_str line)
{
	struct ward_str rest = line, what = ward_str_cut(&rest, ' ');
	struct ward_listener *l = &d->l->listener[d->l->n];
	static const struct {
		const char *what;
		bool (*take)(struct reading *d, struct ward_str rest);
		bool spare; /* without it people are told all the same */
	} other[] = {{"node", take_node, false}, {"camera", take_camera, false},
		{"ladder", take_ladder, false}, {"untaken", take_untaken, true},
		{"role", take_role, false}, {"threat", take_threat, false},
		{"service", take_service, false}, {"person", take_person, false},
		{"name", take_name, true}, {"post", take_post, true},
		{"hand-over", take_hand_over, true}, {"called", take_called, true},
		{"topics", take_topics, false}, {"sends", take_standard, false},
		{"heads", take_heads, false}, {"agreement", take_agreement, true},
		{"contract", take_contract, true}, {"playbook", take_playbook, true},
		{"within", take_within, false}};
	uint64_t level, kinds, everywhere, bookmarks;

	for (size_t i = 0; i < WARD_ARRAY_LEN(other); i++)
		if (ward_str_eqz(what, other[i].what))
			return other[i].take(d, rest) || (other[i].spare && pass_over(d, line));
	if (!ward_str_eqz(what, "listener") || d->l->n == WARD_RECIPIENTS_MAX)
		return false;
	l->id = ward_arena_str(&d->l->texts, ward_str_cut(&rest, ' '));
	if (!l->id.p || !ward_str_u64(ward_str_cut(&rest, ' '), &level) ||
		!ward_str_u64(ward_str_cut(&rest, ' '), &kinds) ||
		!ward_str_u64(ward_str_cut(&rest, ' '), &everywhere) ||
		!ward_str_u64(ward_str_cut(&rest, ' '), &bookmarks))
		return false;
	struct ward_str tlp = ward_str_cut(&rest, ' '), to = ward_str_cut(&tlp, ',');

	l->share.recipient = ward_arena_str(&d->l->texts, to);
	l->share.tlp = ward_arena_str(&d->l->texts, tlp);
	l->level = (unsigned)level;
	l->kinds = (unsigned)kinds;
	l->everywhere = everywhere != 0;
	l->bookmarks = bookmarks != 0;
	l->lang = language(d, rest);
	d->l->n++;
	return true;
}

/* From the memory file of the supervisor, which other lives read, too: by place. */
static void read_all(struct reading *d)
{
	int fd = ward_process_need_fd(d->p, "listeners");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LISTENERS_BYTES);
	uint8_t buf[4096];
	off_t off = 0;
	ssize_t n;

	while ((n = pread(fd, buf, sizeof(buf), off)) > 0) {
		ward_wr_bytes(&w, buf, (size_t)n);
		off += n;
	}
	if (n < 0 || ward_wr_bad(&w))
		ward_process_die(d->p, "the recipients", WARD_ERR_IO);
	struct ward_str rest = ward_wr_text(&w);

	d->l->whom = respond_memory_id(ward_wr_slice(&w));
	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (line.len && !read_line(d, line))
			ward_process_die(d->p, "the recipients", WARD_ERR_CONFIG);
	}
	ward_wr_fini(&w);
}

void respond_listeners_read(
	struct ward_process *p, const struct ward_limits *lim, struct respond_listeners *ret)
{
	struct reading d = {p, lim, ret};

	*ret = (struct respond_listeners){.n = 0};
	ward_arena_init(&ret->texts, ward_mem_heap(), TEXTS_BYTES);
	ward_intern_init(&ret->node, ward_mem_heap(), NODES_MAX, NODE_BYTES_MAX);
	read_all(&d);
}

void respond_listeners_free(struct respond_listeners *l)
{
	for (size_t k = 0; k < l->n; k++)
		ward_lang_free(l->listener[k].lang);
	ward_mem_free(ward_mem_heap(), l->node_at, l->cap_node * sizeof(*l->node_at));
	ward_intern_fini(&l->node);
	ward_arena_fini(&l->texts);
}
