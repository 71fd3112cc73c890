/* A request to its answer: the endpoint, the right, the query, and answers that are kept as long as
 * they are good. */
#include "api/priv.h"

#include "proof/proof.h"
#include "story/text.h"
#include "subject/subject.h"

#include <stdio.h>

enum {
	SCRATCH_BYTES = 256 << 20,
	DETAIL_BYTES = 1024,
	ENTRY_BYTES = 32 << 20,
	BACK_BYTES = 1 << 20,
	LINE_BYTES = 64 << 20,
	TABLE_MAX = 1 << 20
};

/* ---- life ---- */

static void init_tables(struct ward_api *a)
{
	const struct ward_mem *mem = a->o.mem;

	ward_tab_init(&a->by_id, mem, sizeof(struct ward_id), sizeof(void *), TABLE_MAX);
	ward_tab_init(&a->signs, mem, sizeof(struct ward_id), sizeof(void *), TABLE_MAX);
	ward_tab_init(&a->impacts, mem, sizeof(struct ward_id), sizeof(void *), TABLE_MAX);
	ward_tab_init(&a->about, mem, sizeof(struct ward_id), sizeof(struct api_group), TABLE_MAX);
	ward_tab_init(&a->by_action, mem, sizeof(struct ward_id), sizeof(void *), TABLE_MAX);
	ward_intern_init(&a->texts, mem, API_TEXTS, API_TEXT_BYTES);
	ward_tab_init(&a->asked, mem, sizeof(struct ward_id), sizeof(ward_ns), TABLE_MAX);
}

/* Nodes of that kind, in the model's order. NULL: there is no memory for them. */
static uint32_t *nodes_of(const struct ward_api_opts *o, enum ward_node_kind kind, size_t *ret_n)
{
	uint32_t *at;
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(o->model); i++)
		n += ward_model_node(o->model, i)->kind == kind;
	at = ward_mem_alloc(o->mem, (n + 1) * sizeof(*at));
	*ret_n = at ? n : 0;
	n = 0;
	for (uint32_t i = 0; at && i < ward_model_n(o->model); i++)
		if (ward_model_node(o->model, i)->kind == kind)
			at[n++] = i;
	return at;
}

enum ward_err ward_api_new(const struct ward_api_opts *o, struct ward_api **ret)
{
	struct ward_api *a = ward_mem_alloc(o->mem, sizeof(*a));

	if (!a)
		return WARD_ERR_NOMEM;
	*a = (struct ward_api){.o = *o, .n_lang = 1};
	for (size_t i = 0; i < o->n_lang && a->n_lang < API_LANGS; i++)
		a->lang[a->n_lang++] = o->lang[i];
	ward_arena_init(&a->scratch, o->mem, SCRATCH_BYTES);
	ward_arena_init(&a->of_line, o->mem, LINE_BYTES);
	ward_arena_init(&a->entry_arena, o->mem, ENTRY_BYTES);
	ward_arena_init(&a->back.arena, o->mem, BACK_BYTES);
	a->raw = ward_wr_grow(o->mem, WARD_API_ANSWER);
	a->body = ward_wr_grow(o->mem, WARD_API_ANSWER);
	init_tables(a);
	ward_crisis_init(&a->crisis, o->mem, o->counters);
	a->subject = ward_mem_alloc(o->mem, sizeof(*a->subject));
	if (a->subject)
		ward_subject_init(a->subject, o->lim);
	api_boards_init(a);
	a->oldest = WARD_NS_NEVER;
	a->role = nodes_of(o, WARD_NODE_ROLE, &a->n_role);
	a->floor = nodes_of(o, WARD_NODE_FLOOR, &a->n_floor);
	enum ward_err err = a->role && a->floor && a->subject
				    ? ward_record_reader_new(o->mem, o->lim, &a->reader)
				    : WARD_ERR_NOMEM;

	if (!err)
		err = ward_care_past_new(o->mem, &a->past);
	if (!err)
		err = ward_alarms_new(o->mem, &a->load);
	if (!err)
		err = ward_proof_new(o->mem, o->model, o->cell.law, &a->proof);
	if (!err) {
		const struct ward_shift_opts watch = {.mem = o->mem,
			.model = o->model,
			.posts = o->posts ? o->posts : &a->no_posts,
			.counters = o->counters};

		err = ward_shift_new(&watch, &a->watch);
	}
	if (!err)
		err = ward_permits_new(o->model, o->lim, o->mem, &a->permits);
	if (!err && o->playbooks) {
		const struct ward_drive_opts drive = {.all = o->playbooks,
			.n_now = o->n_playbook,
			.m = o->model,
			.lim = o->lim,
			.mem = o->mem};

		err = ward_drive_new(&drive, &a->drive);
	}
	if (err) {
		ward_api_free(a);
		return err;
	}
	*ret = a;
	return WARD_OK;
}

static void forget_cached(struct ward_api *a, struct api_cached *c)
{
	a->cache_bytes -= c->key.len + c->body.len;
	ward_mem_free(a->o.mem, (char *)(uintptr_t)c->key.p, c->key.len);
	ward_mem_free(a->o.mem, (char *)(uintptr_t)c->body.p, c->body.len);
	*c = (struct api_cached){.used = 0};
}

void ward_api_free(struct ward_api *a)
{
	if (!a)
		return;
	api_picture_free(a);
	api_reckoned_free(a);
	api_boards_free(a);
	api_looks_free(a);
	api_retained_free(a);
	for (size_t i = 0; i < WARD_API_CACHE; i++)
		forget_cached(a, &a->cache[i]);
	for (size_t i = 0; i < WARD_API_FEED && i < a->n_feed; i++)
		ward_mem_free(a->o.mem, a->feed[i].incident,
			a->feed[i].n_incident * sizeof(*a->feed[i].incident));
	ward_mem_free(a->o.mem, a->role, (a->n_role + 1) * sizeof(*a->role));
	ward_mem_free(a->o.mem, a->floor, (a->n_floor + 1) * sizeof(*a->floor));
	ward_drive_free(a->drive);
	ward_crisis_fini(&a->crisis);
	if (a->subject)
		ward_subject_fini(a->subject);
	ward_mem_free(a->o.mem, a->subject, sizeof(*a->subject));
	ward_care_past_free(a->past);
	ward_shift_free(a->watch);
	ward_permits_free(a->permits);
	ward_alarms_free(a->load);
	ward_proof_free(a->proof);
	ward_record_reader_free(a->reader);
	ward_arena_fini(&a->scratch);
	ward_arena_fini(&a->of_line);
	ward_arena_fini(&a->entry_arena);
	ward_arena_fini(&a->back.arena);
	ward_wr_fini(&a->raw);
	ward_wr_fini(&a->body);
	ward_mem_free(a->o.mem, a, sizeof(*a));
}

/* ---- problems ---- */

static const char *title_of(unsigned status)
{
	static const struct {
		unsigned status;
		const char *title;
	} all[] = {{400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
		{404, "Not Found"}, {405, "Method Not Allowed"}, {409, "Conflict"},
		{413, "Content Too Large"}, {414, "URI Too Long"}, {429, "Too Many Requests"},
		{500, "Internal Server Error"}, {503, "Service Unavailable"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (all[i].status == status)
			return all[i].title;
	return "Error";
}

void ward_api_problem(struct ward_wr *w, unsigned status, struct ward_str detail)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_str(&j, "type", WARD_STR("about:blank"));
	ward_json_put_str(&j, "title", ward_str_z(title_of(status)));
	ward_json_put_u64(&j, "status", status);
	ward_json_put_str(&j, "detail", detail);
	ward_json_obj_end(&j);
}

void api_refuse_with(struct api_request *r, unsigned status, const char *english,
	const struct ward_word_slot *slot, size_t n)
{
	struct ward_wr text = ward_wr_grow(r->a->o.mem, DETAIL_BYTES);

	ward_say_text(&text, ward_lang_text(r->lang, ward_str_z(english)), slot, n);
	r->w->len = r->from;
	r->w->bad = false;
	ward_api_problem(r->w, status, ward_wr_text(&text));
	ward_wr_fini(&text);
	r->ret->status = status;
	r->ret->type = WARD_API_PROBLEM;
	r->ret->no_store = true;
}

void api_refuse(struct api_request *r, unsigned status, const char *english)
{
	api_refuse_with(r, status, english, NULL, 0);
}

/* ---- the sink ---- */

static uint32_t character(const uint8_t *p, size_t len)
{
	uint32_t c = len == 1 ? p[0] : p[0] & (0x7fu >> len);

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3fu);
	return c;
}

static void put_hidden(struct ward_wr *w, uint32_t c)
{
	ward_wr_printf(w, "\\\\u{%x}", (unsigned)c);
}

/* JSON whose texts hide nothing from people: what controls, can't be seen or turns the direction
 * stands as \u{202e}, as story/text.h writes it. Line ends and tabs are left. Such characters are
 * within strings, where `json.c` has put those below a blank as escapes of four digits. */
static void clean(struct ward_str s, struct ward_wr *w)
{
	const uint8_t *p = (const uint8_t *)s.p;
	size_t from = 0, i = 0;

	while (i < s.len) {
		size_t len = p[i] < 0x80 ? 1 : ward_utf8_len(p + i, s.len - i);
		size_t escape = p[i] == '\\' && i + 1 < s.len ? (p[i + 1] == 'u' ? 6 : 2) : 0;
		uint32_t c = len ? character(p + i, len) : 0xfffd;
		uint8_t low;

		if (escape == 6 && i + 6 <= s.len &&
			ward_str_starts(ward_str_sub(s, i, 6), WARD_STR("\\u00")) &&
			ward_str_unhex(ward_str_sub(s, i + 4, 2), &low, 1))
			c = low;
		else if (escape == 2 && p[i + 1] == 'r')
			c = '\r';
		else if (escape || (p[i] < 0x80 && p[i] != 0x7f) || !ward_text_hides(c)) {
			i += escape ? escape : len ? len : 1;
			continue;
		}
		ward_wr_bytes(w, p + from, i - from);
		put_hidden(w, c);
		i += escape ? escape : len ? len : 1;
		from = i;
	}
	if (from < s.len)
		ward_wr_bytes(w, p + from, s.len - from);
}

/* ---- answers that are kept ---- */

/* What an answer depends on but rows: the request, the language, and what may be seen. */
static void put_key(const struct api_request *r, const struct api_endpoint *e, struct ward_wr *w)
{
	if (e->good == API_OWN || e->good == API_OWN_BOARD)
		ward_wr_str(w, ward_str_sub(r->ask->who->person, 0, API_ROLE));
	ward_wr_ch(w, '\n');
	ward_wr_str(w, r->ask->path);
	ward_wr_ch(w, '?');
	ward_wr_str(w, r->ask->query);
	ward_wr_ch(w, '\n');
	ward_wr_u64(w, r->at);
	ward_wr_ch(w, ' ');
	ward_wr_u64(w, r->ask->who ? r->ask->who->rights : 0);
	ward_wr_ch(w, r->scope.everywhere ? '*' : ' ');
	for (size_t i = 0; i < r->scope.n; i++) {
		ward_wr_ch(w, ' ');
		ward_wr_u64(w, r->scope.place[i]);
	}
}

static uint64_t version_of(const struct api_request *r, const struct api_endpoint *e)
{
	uint64_t minute = (uint64_t)(r->ask->now / (60 * WARD_NS_PER_S));

	return e->good == API_FIXED ? 0
	       : e->good == API_BY_BOARD || e->good == API_OWN_BOARD
		       ? r->a->version << 32 ^ r->a->boards
	       : e->good == API_BY_ROW ? r->a->version
				       : (r->a->version + r->a->back.n_said) << 32 ^ minute;
}

static struct api_cached *cached(struct ward_api *a, struct ward_str key, uint64_t version)
{
	for (size_t i = 0; i < WARD_API_CACHE; i++) {
		struct api_cached *c = &a->cache[i];

		if (!c->key.p || !ward_str_eq(c->key, key))
			continue;
		if (c->version == version) {
			c->used = ++a->turn;
			return c;
		}
		forget_cached(a, c);
	}
	return NULL;
}

static struct api_cached *oldest(struct ward_api *a)
{
	struct api_cached *c = &a->cache[0];

	for (size_t i = 0; i < WARD_API_CACHE; i++) {
		if (!a->cache[i].key.p)
			return &a->cache[i];
		if (a->cache[i].used < c->used)
			c = &a->cache[i];
	}
	return c;
}

static bool copy(const struct ward_api *a, struct ward_str s, struct ward_str *ret)
{
	char *p = ward_mem_alloc(a->o.mem, s.len);

	if (p)
		memcpy(p, s.p, s.len);
	*ret = (struct ward_str){p, p ? s.len : 0};
	return p;
}

/* Without memory it is not kept. */
static void keep(struct ward_api *a, struct ward_str key, uint64_t version, struct ward_str body,
	const char *etag)
{
	size_t need = key.len + body.len;

	if (need > WARD_API_CACHE_BYTES / 4)
		return;
	struct api_cached *c = oldest(a);

	forget_cached(a, c);
	for (size_t i = 0; a->cache_bytes + need > WARD_API_CACHE_BYTES && i < WARD_API_CACHE;
		i++) {
		struct api_cached *old = &a->cache[i];

		if (old->key.p)
			forget_cached(a, old);
	}
	struct api_cached is = {.version = version, .used = ++a->turn};

	if (!copy(a, key, &is.key) || !copy(a, body, &is.body)) {
		ward_mem_free(a->o.mem, (char *)(uintptr_t)is.key.p, is.key.len);
		return;
	}
	memcpy(is.etag, etag, sizeof(is.etag));
	a->cache_bytes += need;
	*c = is;
}

/* RFC 9110 8.8.3: strong, over the bytes. */
static void set_etag(char etag[40], struct ward_str body)
{
	uint8_t hash[32];
	struct ward_wr w = ward_wr_fixed(etag, 39);

	ward_sha256(ward_str_bytes(body), hash);
	ward_wr_ch(&w, '"');
	ward_wr_hex(&w, ward_slice_of(hash, 16));
	ward_wr_ch(&w, '"');
	etag[w.len] = 0;
}

/* RFC 9110 13.1.2: a list of tags, of which weak ones count here, too; or "*". */
static bool none_match(struct ward_str list, const char *etag)
{
	while (list.p) {
		struct ward_str one = ward_str_trim(ward_str_cut(&list, ','));

		if (ward_str_starts(one, WARD_STR("W/")))
			one = ward_str_sub(one, 2, SIZE_MAX);
		if (ward_str_eqz(one, etag) || ward_str_eqz(one, "*"))
			return true;
	}
	return false;
}

static void put_answer(
	struct api_request *r, struct ward_str body, const char *etag, struct ward_wr *w)
{
	*r->ret = (struct ward_api_answer){.status = 200, .type = WARD_API_JSON};
	memcpy(r->ret->etag, etag, sizeof(r->ret->etag));
	if (none_match(r->ask->if_none_match, etag)) {
		r->ret->status = 304;
		r->ret->type = NULL;
		return;
	}
	ward_wr_str(w, body);
}

/* ---- a request ---- */

/* Makes the answer in text of its own, so that what is refused midway leaves nothing. */
static void make(
	struct api_request *r, const struct api_endpoint *e, struct ward_str key, struct ward_wr *w)
{
	struct ward_wr *raw = &r->a->raw, *body = &r->a->body;
	char etag[40];

	ward_wr_reset(raw);
	ward_wr_reset(body);
	r->w = raw;
	r->from = 0;
	r->j = ward_json_on(raw);
	e->answer(r);
	if (!ward_wr_bad(raw))
		clean(ward_wr_text(raw), body);
	if (ward_wr_bad(raw) || ward_wr_bad(body)) {
		ward_wr_reset(body);
		r->w = body;
		api_refuse(r, 503,
			WARD_TEXT("there is not enough memory for this answer: ask for less"));
	}
	if (r->ret->status != 200) {
		ward_wr_str(w, ward_wr_text(body));
	} else {
		set_etag(etag, ward_wr_text(body));
		keep(r->a, key, version_of(r, e), ward_wr_text(body), etag);
		put_answer(r, ward_wr_text(body), etag, w);
	}
}

/* False: it was refused. */
static bool allowed(struct api_request *r, const struct api_endpoint *e)
{
	if (e->is.open)
		return true;
	if (!r->ask->who) {
		api_refuse(r, 401, WARD_TEXT("sign in first"));
		return false;
	}
	if (e->is.right == WARD_RIGHT_N || api_may(r, e->is.right))
		return true;
	API_REFUSE(r, 403,
		WARD_TEXT("this needs the right '{right}', which your account does not have"),
		{"right", ward_str_z(ward_right_name(e->is.right))});
	return false;
}

static size_t lang_of(const struct ward_api *a, struct ward_str code)
{
	for (size_t i = 1; i < a->n_lang; i++)
		if (ward_str_eq(ward_lang_code(a->lang[i]), code))
			return i;
	return 0;
}

static void route(struct api_request *r, struct ward_wr *w)
{
	const struct api_endpoint *e = NULL;
	char text[WARD_API_QUERY + API_ROLE + 1024];
	struct ward_wr key = ward_wr_fixed(text, sizeof(text));

	if (r->ask->path.len + r->ask->query.len > WARD_API_QUERY) {
		api_refuse(r, 414, WARD_TEXT("the address is too long"));
		return;
	}
	switch (api_find(r->ask->method, r->ask->path, &e, &r->arg)) {
	case API_NONE:
		api_refuse(r, 404,
			WARD_TEXT(
				"there is nothing here; /api/v1/openapi.json says what there is"));
		return;
	case API_OTHER_METHOD:
		API_REFUSE(r, 405, WARD_TEXT("this is asked for with {method}"),
			{"method", ward_str_z(e->is.method)});
		r->ret->allow = e->is.method;
		return;
	case API_MATCHES:
		break;
	}
	if (!allowed(r, e) || !api_query(r, e))
		return;
	put_key(r, e, &key);
	WARD_ASSERT(!ward_wr_bad(&key)); /* places are at most WARD_PERSON_PLACES numbers */
	const struct api_cached *c = cached(r->a, ward_wr_text(&key), version_of(r, e));

	if (c)
		put_answer(r, c->body, c->etag, w);
	else
		make(r, e, ward_wr_text(&key), w);
	r->ret->no_store = r->ret->no_store || e->good == API_OWN;
}

void ward_api_answer(struct ward_api *a, const struct ward_api_ask *ask, struct ward_wr *w,
	struct ward_api_answer *ret)
{
	struct api_request r = {.a = a,
		.ask = ask,
		.ret = ret,
		.w = w,
		.from = w->len,
		.at = lang_of(a, ask->lang)};

	r.lang = a->lang[r.at];
	*ret = (struct ward_api_answer){.status = 200, .type = WARD_API_JSON};
	ward_arena_reset(&a->scratch);
	api_scope_of(a->o.model, ask->who, &r.scope);
	route(&r, w);
	if (ret->status == 200 || ret->status == 304) {
		memcpy(ret->searched, r.searched, sizeof(ret->searched));
		ret->question = r.aside;
	} else if (r.aside.len) {
		a->back.waits = false; /* nobody puts it */
	}
}
