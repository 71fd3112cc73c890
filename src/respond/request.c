/* What playbooks ask of people: told to those recipients who have the role, until it is done,
 * refused or asked no more, which all are told who were told of it. */
#include "respond/brief.h"
#include "respond/request.h"
#include "respond/playbook/run.h"
#include "story/text.h"

enum { SAYS_MAX = RESPOND_SAYS_MAX, NAMED_REQUESTS = 5 };

const char *const respond_request_name[REQUEST_N] = {"asked", "done", "cannot", "withdrawn"};

struct request *respond_request_find(struct ward_respond *r, struct ward_id id)
{
	for (size_t i = 0; i < r->n_request; i++)
		if (ward_id_eq(r->request[i].id, id))
			return &r->request[i];
	return NULL;
}

static void forget(struct ward_respond *r, size_t i)
{
	struct request *q = &r->request[i];

	ward_mem_free(r->o.mem, q->texts.p, q->texts.len);
	ward_mem_free(r->o.mem, q->says.p, q->says.len);
	*q = r->request[--r->n_request];
}

void respond_forget_requests(struct ward_respond *r)
{
	while (r->n_request)
		forget(r, r->n_request - 1);
	ward_mem_free(r->o.mem, r->request, r->cap_request * sizeof(*r->request));
}

/* Nobody is to be told any more of one that is over, and was told to nobody, or to the end. */
static bool is_settled(const struct request *q)
{
	return q->is != REQUEST_ASKED && !q->covered && !(q->told & ~q->told_end);
}

void respond_request_tidy(struct ward_respond *r)
{
	for (size_t i = r->n_request; i-- > 0;)
		if (is_settled(&r->request[i]))
			forget(r, i);
}

/* ---- rows ---- */

static void put_lv(struct ward_wr *w, struct ward_str s)
{
	ward_wr_lv(w, ward_str_bytes(s));
}

static void put_list(struct ward_wr *w, const struct ward_conf *list, size_t max, const char *name)
{
	size_t n = 0;

	for (const struct ward_conf *i = list ? list->child : NULL; i && n < max; i = i->next)
		n++;
	ward_wr_varint(w, n);
	for (const struct ward_conf *i = list ? list->child : NULL; n; i = i->next, n--) {
		put_lv(w, name                          ? ward_conf_word(i, name)
			  : i->kind == WARD_CONF_SCALAR ? i->text
							: i->key);
		if (name)
			put_lv(w, ward_conf_word(i, "text"));
	}
}

bool respond_keep_says(const struct ward_respond *r, struct request *q, struct ward_slice says)
{
	q->says.p = ward_mem_alloc(r->o.mem, says.len + 1);
	if (!q->says.p)
		return false;
	q->says.len = says.len + 1;
	if (says.len)
		memcpy(q->says.p, says.p, says.len);
	return true;
}

/* What it says, as fields of ward_wr: text, type, late_name, late, questions, values, by_hand,
 * content. */
static bool keep_phrase(struct ward_respond *r, struct request *q, const struct ward_conf *row)
{
	const struct ward_conf *c = ward_conf_get(row, "asks_says"),
			       *values = ward_conf_get(c, "values");
	size_t n = 0;

	ward_wr_reset(&r->body);
	put_lv(&r->body, ward_conf_word(c, "text"));
	put_lv(&r->body, ward_conf_word(c, "type"));
	put_lv(&r->body, ward_conf_word(c, "late_name"));
	put_list(&r->body, ward_conf_get(c, "late"), WARD_RUN_LATE, NULL);
	put_list(&r->body, ward_conf_get(c, "questions"), WARD_RUN_QUESTIONS, "name");
	for (const struct ward_conf *v = values ? values->child : NULL; v; v = v->next)
		n++;
	ward_wr_varint(&r->body, n);
	for (const struct ward_conf *v = values ? values->child : NULL; v; v = v->next) {
		put_lv(&r->body, v->key);
		put_lv(&r->body, v->text);
	}
	put_lv(&r->body, ward_conf_word(c, "by_hand"));
	put_lv(&r->body, ward_conf_word(c, "content"));
	return !ward_wr_bad(&r->body) && r->body.len <= SAYS_MAX &&
	       respond_keep_says(r, q, ward_wr_slice(&r->body));
}

/* What the crisis cell asks may never end, and says so in the console, too: of all that is asked it
 * is the first to make room. */
static void make_room(struct ward_respond *r)
{
	for (size_t i = 0; i < r->n_request; i++)
		if (r->request[i].of == REQUEST_OF_TASK || r->request[i].of == REQUEST_OF_RECALL ||
			r->request[i].of == REQUEST_OF_ASSIGN) {
			forget(r, i);
			respond_count(r, "respond.requests_forgotten");
			return;
		}
}

enum ward_err respond_request_put(struct ward_respond *r, struct request *q,
	bool (*keep)(struct ward_respond *r, struct request *q, const struct ward_conf *c),
	const struct ward_conf *c)
{
	struct ward_str *const all[] = {&q->role, &q->who, &q->playbook, &q->incident};

	if (r->n_request == REQUESTS_MAX)
		make_room(r);
	if (ward_mem_more(r->o.mem, &r->request, r->n_request, &r->cap_request, sizeof(*r->request),
		    REQUESTS_MAX) != WARD_OK) {
		respond_count(r, "respond.request_limit");
		return WARD_OK;
	}
	if (!respond_keep_texts(r, &q->texts, all, WARD_ARRAY_LEN(all)))
		return WARD_ERR_NOMEM;
	if (!keep(r, q, c)) {
		ward_mem_free(r->o.mem, q->texts.p, q->texts.len);
		respond_count(r, "respond.unreadable");
		return WARD_OK;
	}
	r->request[r->n_request++] = *q;
	return WARD_OK;
}

static enum ward_err add(struct ward_respond *r, struct ward_id id, const struct ward_conf *c)
{
	struct request q = {.id = id,
		.role = ward_conf_word(c, "asks_role"),
		.who = ward_conf_word(c, "asks_name"),
		.playbook = ward_conf_word(c, "playbook_name"),
		.incident = ward_conf_word(c, "incident")};

	if (!ward_id_parse(ward_conf_word(c, "id"), &q.run) ||
		ward_time_parse(ward_conf_word(c, "asks_due"), &q.due) != WARD_OK) {
		respond_count(r, "respond.unreadable");
		return WARD_OK;
	}
	return respond_request_put(r, &q, keep_phrase, c);
}

static void end(struct ward_respond *r, struct ward_str id, enum request_is is)
{
	struct ward_id parsed;
	struct request *q = ward_id_parse(id, &parsed) ? respond_request_find(r, parsed) : NULL;

	if (q && q->is == REQUEST_ASKED)
		q->is = is;
}

enum ward_err respond_request_row(
	struct ward_respond *r, struct ward_str json, const struct ward_conf **ret)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_arena_reset(&r->scratch);
	ward_diag_init(&diag, r->o.mem);
	enum ward_err err = ward_conf_json(
		&r->scratch, r->o.lim, WARD_STR("row"), 1, ward_str_bytes(json), &diag, &c);

	ward_diag_fini(&diag);
	*ret = err || c->kind != WARD_CONF_MAP ? NULL : c;
	if (!*ret)
		respond_count(r, "respond.unreadable");
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

enum ward_err ward_respond_run(struct ward_respond *r, struct ward_str json)
{
	const struct ward_conf *c;
	enum ward_err err = respond_request_row(r, json, &c);
	struct ward_id id;

	if (!c)
		return err;
	if (ward_conf_word(c, "request").len)
		end(r, ward_conf_word(c, "request"),
			ward_str_eqz(ward_conf_word(c, "well"), "true") ? REQUEST_DONE
									: REQUEST_CANNOT);
	end(r, ward_conf_word(c, "withdraws"), REQUEST_WITHDRAWN);
	respond_request_tidy(r);
	/* without a phrase it is asked of a system, and not of people */
	if (ward_conf_get(c, "asks_says") && ward_id_parse(ward_conf_word(c, "asks"), &id) &&
		!respond_request_find(r, id))
		err = add(r, id, c);
	return err;
}

/* ---- actions ---- */

/* An action that several roles may approve is a request to each. */
static struct ward_id of_role(struct ward_id action, struct ward_str role)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward approval");
	ward_idgen_id(&g, action);
	ward_idgen_str(&g, role);
	return ward_idgen_final(&g);
}

/* As a playbook would say it. */
static const char *wish_of(struct ward_str does)
{
	static const struct {
		const char *does, *text;
	} all[] = {{"isolate", WARD_TEXT("take __thing__:value off its networks")},
		{"lock", WARD_TEXT("lock __thing__:value")},
		{"release", WARD_TEXT("open __thing__:value")},
		{"tell", WARD_TEXT("tell another system of __thing__:value")}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_eqz(does, all[i].does))
			return all[i].text;
	return NULL;
}

bool respond_request_says(struct ward_respond *r, struct request *q, struct ward_str text,
	const char *name, struct ward_str value)
{
	ward_wr_reset(&r->body);
	put_lv(&r->body, text);
	put_lv(&r->body, WARD_STR(""));
	put_lv(&r->body, WARD_STR(""));
	ward_wr_varint(&r->body, 0);
	ward_wr_varint(&r->body, 0);
	ward_wr_varint(&r->body, 1);
	put_lv(&r->body, ward_str_z(name));
	put_lv(&r->body, value);
	return !ward_wr_bad(&r->body) && r->body.len <= SAYS_MAX &&
	       respond_keep_says(r, q, ward_wr_slice(&r->body));
}

static bool keep_wish(struct ward_respond *r, struct request *q, const struct ward_conf *c)
{
	const char *text = wish_of(ward_conf_word(c, "does"));
	struct ward_str name = ward_conf_word(ward_conf_get(c, "request"), "name");

	if (!text)
		return false;
	return respond_request_says(
		r, q, ward_str_z(text), "__thing__", name.len ? name : ward_conf_word(c, "thing"));
}

static bool keep_doubt(struct ward_respond *r, struct request *q, const struct ward_conf *c)
{
	const char *text = wish_of(ward_conf_word(c, "does"));
	struct ward_str name = ward_conf_word(c, "name");

	return text && respond_request_says(r, q, ward_str_z(text), "__thing__", name);
}

/* Who may approve it looks; nobody has to by a certain time, and at once. */
static enum ward_err add_doubt(struct ward_respond *r, const struct ward_conf *c,
	struct ward_id action, struct ward_str role)
{
	struct request q = {.id = of_role(of_role(action, WARD_STR("in doubt")), role),
		.run = action,
		.of = REQUEST_OF_DOUBT,
		.due = WARD_NS_NEVER,
		.role = role,
		.who = role,
		.playbook = WARD_STR(""),
		.incident = ward_conf_word(c, "incident")};

	return respond_request_find(r, q.id) ? WARD_OK : respond_request_put(r, &q, keep_doubt, c);
}

static enum ward_err add_approval(struct ward_respond *r, const struct ward_conf *c,
	struct ward_id action, struct ward_str role)
{
	struct request q = {.id = of_role(action, role),
		.run = action,
		.of = REQUEST_OF_ACTION,
		.role = role,
		.who = role,
		.playbook = WARD_STR(""),
		.incident = ward_conf_word(c, "incident")};

	if (respond_request_find(r, q.id))
		return WARD_OK;
	if (ward_time_parse(ward_conf_word(c, "expires"), &q.due) != WARD_OK) {
		respond_count(r, "respond.unreadable");
		return WARD_OK;
	}
	return respond_request_put(r, &q, keep_wish, c);
}

/* It waits as long as nobody decided; what people decided is its end, and so is the time. */
static enum request_is approval_is(struct ward_str state)
{
	static const struct {
		const char *state;
		enum request_is is;
	} all[] = {{"proposed", REQUEST_ASKED}, {"agreed", REQUEST_ASKED}, {"asked", REQUEST_ASKED},
		{"refused", REQUEST_CANNOT}, {"suspended", REQUEST_WITHDRAWN},
		{"expired", REQUEST_WITHDRAWN}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_eqz(state, all[i].state))
			return all[i].is;
	return REQUEST_DONE;
}

enum ward_err ward_respond_action(struct ward_respond *r, struct ward_str json)
{
	const struct ward_conf *c;
	enum ward_err err = respond_request_row(r, json, &c);
	const struct ward_conf *roles = ward_conf_get(c, "roles");
	enum request_is is = approval_is(ward_conf_word(c, "state"));
	struct ward_id id;

	if (!c)
		return err;
	if (!ward_id_parse(ward_conf_word(c, "id"), &id)) {
		respond_count(r, "respond.unreadable");
		return WARD_OK;
	}
	bool doubt = ward_str_eqz(ward_conf_word(c, "state"), "in-doubt");

	for (size_t i = 0; i < r->n_request; i++) {
		struct request *q = &r->request[i];

		if (!ward_id_eq(q->run, id) || q->is != REQUEST_ASKED)
			continue;
		if (q->of == REQUEST_OF_ACTION)
			q->is = is;
		else if (q->of == REQUEST_OF_DOUBT && !doubt)
			q->is = is == REQUEST_ASKED ? REQUEST_DONE : is;
	}
	respond_request_tidy(r);
	for (const struct ward_conf *i = roles && (doubt || is == REQUEST_ASKED) ? roles->child
										 : NULL;
		i && !err; i = i->next)
		if (i->kind == WARD_CONF_SCALAR && i->text.len)
			err = doubt ? add_doubt(r, c, id, i->text)
				    : add_approval(r, c, id, i->text);
	return err;
}

/* ---- who is told ---- */

bool respond_has_role(const struct ward_listener *l, struct ward_str role)
{
	for (size_t i = 0; i < l->n_role; i++)
		if (ward_str_eq(l->role[i], role))
			return true;
	return false;
}

/* It is asked of who this is, by name. */
static bool is_meant(const struct ward_listener *l, const struct request *q)
{
	return l->person.len && ward_str_eq(l->person, q->role) &&
	       (q->of == REQUEST_OF_TASK || q->of == REQUEST_OF_ASSIGN);
}

/* Who is called in, or named, need not be on duty. */
static bool is_news(const struct ward_respond *r, size_t k, const struct request *q)
{
	if (q->is != REQUEST_ASKED)
		return (q->told & ~q->told_end) >> k & 1;
	const struct ward_listener *l = &r->o.listener[k];

	return !(q->told >> k & 1) &&
	       (is_meant(l, q) || ((r->duty >> k & 1 || q->of == REQUEST_OF_RECALL) &&
					  respond_has_role(l, q->role)));
}

bool respond_request_news(const struct ward_respond *r, size_t listener)
{
	for (size_t i = 0; i < r->n_request; i++)
		if (is_news(r, listener, &r->request[i]))
			return true;
	return false;
}

/* ---- what is said ---- */

void respond_put_first_request(
	struct ward_respond *r, size_t listener, ward_ns now, struct ward_wr *to)
{
	struct ward_wr all = ward_wr_grow(r->o.mem, SAYS_MAX);

	respond_put_requests(r, listener, now, &all);
	struct ward_str rest = ward_wr_text(&all);

	ward_wr_str(to, ward_str_cut(&rest, '\n'));
	to->bad = to->bad || ward_wr_bad(&all);
	ward_wr_fini(&all);
}

void respond_put_requests(struct ward_respond *r, size_t listener, ward_ns now, struct ward_wr *to)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_request && n < NAMED_REQUESTS; i++)
		if (is_news(r, listener, &r->request[i])) {
			respond_request_tell(r, listener, &r->request[i], now, to);
			n++;
		}
}

void respond_json_requests(struct ward_respond *r, size_t listener, struct ward_json *j)
{
	size_t n = 0;

	if (!respond_request_news(r, listener))
		return;
	ward_json_key(j, "requests");
	ward_json_arr(j);
	for (size_t i = 0; i < r->n_request && n < NAMED_REQUESTS; i++)
		if (is_news(r, listener, &r->request[i])) {
			respond_request_json(r, listener, &r->request[i], j);
			n++;
		}
	ward_json_arr_end(j);
}

/* What the message says, and no more: the rest goes with the next one. */
void respond_row_requests(const struct ward_respond *r, size_t listener, struct ward_json *j)
{
	size_t n = 0;

	if (!respond_request_news(r, listener))
		return;
	ward_json_key(j, "requests");
	ward_json_arr(j);
	for (size_t i = 0; i < r->n_request && n < NAMED_REQUESTS; i++) {
		const struct request *q = &r->request[i];

		if (!is_news(r, listener, q))
			continue;
		n++;
		ward_json_obj(j);
		ward_json_put_id(j, "request", q->id);
		ward_json_put_str(j, "state", ward_str_z(respond_request_name[q->is]));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* ---- what became of the message ---- */

void respond_requests_queued(struct ward_respond *r, size_t listener, const struct ward_conf *row)
{
	const struct ward_conf *list = ward_conf_get(row, "requests");
	uint32_t bit = 1u << listener;

	for (const struct ward_conf *i = list ? list->child : NULL; i; i = i->next) {
		bool asked = ward_str_eqz(
			ward_conf_word(i, "state"), respond_request_name[REQUEST_ASKED]);
		struct ward_id id;
		struct request *q = ward_id_parse(ward_conf_word(i, "request"), &id)
					    ? respond_request_find(r, id)
					    : NULL;

		if (!q)
			continue;
		if (!(q->covered & bit)) {
			q->was = (q->was & ~bit) | (q->told & bit);
			q->was_end = (q->was_end & ~bit) | (q->told_end & bit);
		}
		q->covered |= bit;
		q->told |= bit;
		q->told_end |= asked ? 0 : bit;
	}
}

void respond_requests_settled(struct ward_respond *r, size_t listener, bool lost)
{
	uint32_t bit = 1u << listener;

	for (size_t i = 0; i < r->n_request; i++) {
		struct request *q = &r->request[i];

		if (lost && q->covered & bit) {
			q->told = (q->told & ~bit) | (q->was & bit);
			q->told_end = (q->told_end & ~bit) | (q->was_end & bit);
		}
		q->covered &= ~bit;
	}
	respond_request_tidy(r);
}
