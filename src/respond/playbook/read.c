#include "respond/playbook/form.h"

#include "base/id.h"

#include <stdarg.h>
#include <stdio.h>

enum { ARENA_MAX = 64 << 20 };

static const char *const kind_names[WARD_PLAYBOOK_KIND_N] = {"start", "end", "action",
	"playbook-action", "parallel", "if-condition", "while-condition", "switch-condition"};

const char *ward_playbook_kind_name(enum ward_playbook_kind k)
{
	return kind_names[k];
}

struct reader {
	struct ward_playbook *p;
	struct ward_playbook_at at;
	bool bad, nomem;
};

static void go(struct reader *r, const char *fmt, ...) WARD_PRINTF(2, 3);
static void go(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->at.pointer, sizeof(r->at.pointer), fmt, ap);
	va_end(ap);
}

static void bad(struct reader *r, const struct ward_conf *c, const char *key, const char *what,
	struct ward_str quoted, const char *mend)
{
	ward_playbook_say(&r->at, WARD_DIAG_ERROR, c, key, what, quoted, mend);
	r->bad = true;
}

static bool form(struct reader *r, const struct ward_conf *c, enum ward_playbook_form f)
{
	bool good = ward_playbook_form(&r->at, c, f);

	r->bad = r->bad || !good;
	return good;
}

static bool yes(const struct ward_conf *c, const char *key)
{
	return ward_str_eqz(ward_conf_word(c, key), "true");
}

static int64_t whole(const struct ward_conf *c, const char *key)
{
	int64_t n = 0;

	return ward_str_i64(ward_conf_word(c, key), &n) ? n : 0;
}

/* n zeroed items; their number is bounded by the values of the file. */
static void *items(struct reader *r, size_t n, size_t size)
{
	void *p = ward_arena_array(&r->p->arena, n ? n : 1, size);

	r->nomem = r->nomem || !p;
	return p;
}

/* Ward's own part of an extension object, or NULL. */
static const struct ward_conf *own(const struct ward_conf *c, const char *key)
{
	return ward_conf_get(ward_conf_get(c, key), WARD_PLAYBOOK_EXTENSION);
}

static struct ward_playbook_var *read_vars(
	struct reader *r, const struct ward_conf *owner, const char *key, size_t *ret_n)
{
	const struct ward_conf *c = ward_conf_get(owner, key);
	struct ward_playbook_var *var = items(r, c ? c->n_child : 0, sizeof(*var));
	char base[sizeof(r->at.pointer)];
	size_t n = 0;

	memcpy(base, r->at.pointer, sizeof(base));
	for (const struct ward_conf *v = c ? c->child : NULL; v && var; v = v->next) {
		go(r, "%.120s/%s/%.100s", base, key, v->key.p);
		if (!ward_playbook_is_var(v->key))
			bad(r, v, NULL, WARD_TEXT("no name of a variable"), WARD_STR(""),
				WARD_TEXT("write __name__, with letters, digits, _ and -"));
		else if (form(r, v, WARD_PLAYBOOK_FORM_VAR)) {
			const struct ward_conf *value = ward_conf_get(v, "value");

			var[n] = (struct ward_playbook_var){v->key, ward_conf_word(v, "type"),
				ward_conf_word(v, "description"), ward_conf_word(v, "value"),
				value && value->kind == WARD_CONF_SCALAR, yes(v, "constant"),
				yes(v, "external"), v->line};
			if (var[n].value.len > WARD_PLAYBOOK_TEXT_MAX)
				bad(r, value, NULL, WARD_TEXT("longer than a value may be"),
					WARD_STR(""), WARD_TEXT("shorten it"));
			else if (var[n].known && !ward_playbook_fits(&var[n], var[n].value))
				bad(r, value, NULL, WARD_TEXT("not of the variable's type"),
					var[n].value, WARD_TEXT("correct the value or the type"));
			n++;
		}
	}
	memcpy(r->at.pointer, base, sizeof(base));
	*ret_n = n;
	return var;
}

static int digit64(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* RFC 4648 section 4. False when it is none. */
static bool decode64(struct reader *r, struct ward_str s, struct ward_str *ret)
{
	char *to = items(r, s.len + 1, 1);
	size_t n = 0, end = s.len;
	uint32_t have = 0;
	unsigned bits = 0;

	while (end && s.len - end < 2 && s.p[end - 1] == '=')
		end--;
	for (size_t i = 0; i < end && to; i++) {
		int d = digit64(s.p[i]);

		if (d < 0)
			return false;
		have = (have << 6 | (uint32_t)d) & 0xfff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			to[n++] = (char)(uint8_t)(have >> bits);
		}
	}
	*ret = (struct ward_str){to, n};
	return s.len % 4 == 0 && to;
}

static const char *const encode_again = WARD_TEXT("encode it again (RFC 4648 section 4)");

static void read_command(
	struct reader *r, const struct ward_conf *c, struct ward_playbook_command *ret)
{
	static const char *const types[] = {"manual", "http-api", "bash", "openc2-http"};
	unsigned act = 0;

	*ret = (struct ward_playbook_command){.type = ward_conf_word(c, "type"), .at = c};
	while (act < WARD_PLAYBOOK_OTHER && !ward_str_eqz(ret->type, types[act]))
		act++;
	ret->act = (enum ward_playbook_act)act;
	if (!form(r, c, (enum ward_playbook_form)(WARD_PLAYBOOK_FORM_COMMAND + act)))
		return;
	ret->text = ward_conf_word(c, "command");
	ret->content = ward_conf_word(c, "content");
	if (act == WARD_PLAYBOOK_OTHER)
		return;
	const struct ward_conf *content = ward_conf_get(c, "content_b64");

	if (content && !decode64(r, content->text, &ret->content) && !r->nomem)
		bad(r, content, "content_b64", WARD_TEXT("no base64"), WARD_STR(""), encode_again);
	if (ret->text.len)
		return;
	if (!ward_conf_get(c, "command_b64"))
		bad(r, c, "command", WARD_TEXT("it is missing"), WARD_STR(""),
			WARD_TEXT("write command, or command_b64"));
	else if ((!decode64(r, ward_conf_word(c, "command_b64"), &ret->text) ||
			 !ward_utf8_valid(ward_str_bytes(ret->text), NULL)) &&
		 !r->nomem)
		bad(r, c, "command_b64", WARD_TEXT("no base64 of a UTF-8 text"), WARD_STR(""),
			encode_again);
}

static struct ward_str *read_texts(
	struct reader *r, const struct ward_conf *c, const char *key, size_t *ret_n)
{
	const struct ward_conf *list = ward_conf_get(c, key);
	struct ward_str *s = items(r, list ? list->n_child : 0, sizeof(*s));
	size_t n = 0;

	for (const struct ward_conf *x = list ? list->child : NULL; x && s; x = x->next)
		s[n++] = x->text;
	*ret_n = n;
	return s;
}

static uint32_t step_of(const struct reader *r, const struct ward_conf *c, const char *key)
{
	return ward_playbook_find_step(r->p, ward_conf_word(c, key));
}

static uint32_t *read_refs(
	struct reader *r, const struct ward_conf *c, const char *key, bool party, size_t *ret_n)
{
	const struct ward_conf *list = ward_conf_get(c, key);
	uint32_t *ref = items(r, list ? list->n_child : 0, sizeof(*ref));
	size_t n = 0;

	for (const struct ward_conf *x = list ? list->child : NULL; x && ref; x = x->next)
		ref[n++] = party ? ward_playbook_find_party(r->p, x->text)
				 : ward_playbook_find_step(r->p, x->text);
	*ret_n = n;
	return ref;
}

static void read_cases(struct reader *r, struct ward_playbook_step *s)
{
	const struct ward_conf *c = ward_conf_get(s->at, "cases");

	s->kase = items(r, c->n_child, sizeof(*s->kase));
	for (const struct ward_conf *x = c->child; x && s->kase; x = x->next) {
		if (x->kind != WARD_CONF_SCALAR || !ward_playbook_is_id(x->text))
			bad(r, x, "cases", WARD_TEXT("a case that names no step"), x->key,
				WARD_TEXT("write the step's type--UUID"));
		s->kase[s->n_case++] = (struct ward_playbook_case){
			x->key, ward_playbook_find_step(r->p, x->text), x};
	}
	struct ward_str over = ward_conf_word(s->at, "switch"), before, name;

	if (ward_playbook_next(&over, &before, &name) && !before.len && name.len && !over.len)
		s->over = name;
}

static void read_condition(struct reader *r, struct ward_playbook_step *s)
{
	size_t off;

	s->condition = ward_conf_word(s->at, "condition");
	enum ward_err err =
		ward_playbook_cond_read(&r->p->arena, s->condition, &s->refused, &off, &s->cond);

	r->nomem = r->nomem || err == WARD_ERR_NOMEM;
}

static void read_commands(struct reader *r, struct ward_playbook_step *s)
{
	const struct ward_conf *list = ward_conf_get(s->at, "commands");
	char base[sizeof(r->at.pointer)];

	memcpy(base, r->at.pointer, sizeof(base));
	s->command = items(r, list->n_child, sizeof(*s->command));
	for (const struct ward_conf *x = list->child; x && s->command; x = x->next) {
		go(r, "%.200s/commands/%zu", base, s->n_command);
		read_command(r, x, &s->command[s->n_command++]);
	}
	memcpy(r->at.pointer, base, sizeof(base));
	if (!s->n_command)
		bad(r, s->at, "commands", WARD_TEXT("it is empty"), WARD_STR(""),
			WARD_TEXT("add what is to be done"));
	s->agent = ward_playbook_find_party(r->p, ward_conf_word(s->at, "agent"));
	s->target = read_refs(r, s->at, "targets", true, &s->n_target);
	s->confirm = ward_conf_word(own(s->at, "step_extensions"), "confirm");
	s->does = ward_conf_word(own(s->at, "step_extensions"), "does");
}

static void read_step(struct reader *r, struct ward_playbook_step *s)
{
	const struct ward_conf *c = s->at;

	go(r, "/workflow/%s", s->id.p);
	if (!form(r, c, (enum ward_playbook_form)(WARD_PLAYBOOK_FORM_STEP + s->kind)))
		return;
	if (ward_conf_get(c, "on_completion") &&
		(ward_conf_get(c, "on_success") || ward_conf_get(c, "on_failure")))
		bad(r, c, "on_completion", WARD_TEXT("beside on_success or on_failure"),
			WARD_STR(""), WARD_TEXT("keep on_completion, or the two others"));
	s->name = ward_conf_word(c, "name");
	s->description = ward_conf_word(c, "description");
	s->completion = step_of(r, c, "on_completion");
	s->success = step_of(r, c, "on_success");
	s->failure = step_of(r, c, "on_failure");
	s->on_true = step_of(r, c, "on_true");
	s->on_false = step_of(r, c, "on_false");
	s->delay_ms = whole(c, "delay");
	s->timeout_ms = whole(c, "timeout");
	s->var = read_vars(r, c, "step_variables", &s->n_var);
	s->in = read_texts(r, c, "in_args", &s->n_in);
	s->out = read_texts(r, c, "out_args", &s->n_out);
	s->playbook = ward_conf_word(c, "playbook_id");
	s->agent = WARD_NONE;
	if (s->kind == WARD_PLAYBOOK_ACTION)
		read_commands(r, s);
	else if (s->kind == WARD_PLAYBOOK_PARALLEL)
		s->branch = read_refs(r, c, "next_steps", false, &s->n_branch);
	else if (s->kind == WARD_PLAYBOOK_SWITCH)
		read_cases(r, s);
	else if (s->kind == WARD_PLAYBOOK_IF || s->kind == WARD_PLAYBOOK_WHILE)
		read_condition(r, s);
}

/* The steps by their names first, so that they can name each other. */
static void read_steps(struct reader *r)
{
	const struct ward_conf *c = ward_conf_get(r->p->tree, "workflow");
	struct ward_playbook *p = r->p;

	if (c->n_child > WARD_PLAYBOOK_STEPS_MAX) {
		bad(r, c, "workflow", WARD_TEXT("more steps than 512"), WARD_STR(""),
			WARD_TEXT("move parts into playbooks of their own (playbook-action)"));
		return;
	}
	p->step = items(r, c->n_child, sizeof(*p->step));
	for (const struct ward_conf *x = c->child; x && p->step; x = x->next) {
		struct ward_str type = ward_conf_word(x, "type");
		unsigned k = 0;

		while (k < WARD_PLAYBOOK_KIND_N && !ward_str_eqz(type, kind_names[k]))
			k++;
		go(r, "/workflow");
		if (k == WARD_PLAYBOOK_KIND_N)
			bad(r, x, x->key.p, WARD_TEXT("no type of step"), type,
				WARD_TEXT("write start, end, action, playbook-action, parallel, "
					  "if-condition, while-condition or switch-condition"));
		else if (!ward_playbook_is_id(x->key) || !ward_str_starts(x->key, type) ||
			 x->key.len != type.len + 38)
			bad(r, x, x->key.p,
				WARD_TEXT("the key is not its type, two dashes and a UUID"), type,
				WARD_TEXT("write type--UUID"));
		else
			p->step[p->n_step++] = (struct ward_playbook_step){
				.kind = (enum ward_playbook_kind)k, .id = x->key, .at = x};
	}
	for (size_t i = 0; i < p->n_step; i++)
		read_step(r, &p->step[i]);
}

static void read_party(struct reader *r, const struct ward_conf *c)
{
	const struct ward_conf *e = own(c, "agent_target_extensions");
	struct ward_playbook_party *a = &r->p->party[r->p->n_party++];

	*a = (struct ward_playbook_party){c->key, ward_conf_word(c, "type"),
		ward_conf_word(c, "name"), ward_conf_word(e, "role"), ward_conf_word(e, "thing"),
		c};
	const struct ward_conf *logical = ward_conf_get(c, "logical");

	if (!a->thing.len && logical && logical->kind == WARD_CONF_SEQ && logical->child)
		a->thing = logical->child->text;
}

/* Every object of a dictionary whose keys are identifiers. */
static void read_objects(struct reader *r, const char *key, enum ward_playbook_form f)
{
	const struct ward_conf *c = ward_conf_get(r->p->tree, key);

	for (const struct ward_conf *x = c ? c->child : NULL; x; x = x->next) {
		go(r, "/%s/%.200s", key, x->key.p);
		if (!ward_playbook_is_id(x->key))
			bad(r, x, NULL, WARD_TEXT("the key is no identifier"), WARD_STR(""),
				WARD_TEXT("write type--UUID"));
		else if (form(r, x, f) && f == WARD_PLAYBOOK_FORM_PARTY)
			read_party(r, x);
	}
}

static void read_parties(struct reader *r)
{
	const struct ward_conf *a = ward_conf_get(r->p->tree, "agent_definitions");
	const struct ward_conf *t = ward_conf_get(r->p->tree, "target_definitions");

	r->p->party = items(r, (a ? a->n_child : 0) + (t ? t->n_child : 0), sizeof(*r->p->party));
	if (!r->p->party)
		return;
	read_objects(r, "agent_definitions", WARD_PLAYBOOK_FORM_PARTY);
	read_objects(r, "target_definitions", WARD_PLAYBOOK_FORM_PARTY);
}

/* Before 1678, or after 2261, is always, or never. */
static ward_ns moment(const struct ward_conf *c, const char *key, ward_ns otherwise)
{
	struct ward_str s = ward_conf_word(c, key);
	ward_ns t = otherwise;
	enum ward_err err = ward_time_parse(s, &t);

	if (err != WARD_ERR_LIMIT)
		return err ? otherwise : t;
	return s.p[0] >= '2' ? WARD_NS_NEVER : INT64_MIN;
}

static void read_head(struct reader *r)
{
	struct ward_playbook *p = r->p;
	const struct ward_conf *c = p->tree, *e = own(c, "playbook_extensions");

	if (c->kind == WARD_CONF_MAP && !ward_str_eqz(ward_conf_word(c, "type"), "playbook")) {
		bad(r, c, "type", WARD_TEXT("not a playbook:"), ward_conf_word(c, "type"),
			WARD_TEXT("give a file whose type is \"playbook\""));
		return;
	}
	if (!form(r, c, WARD_PLAYBOOK_FORM_PLAYBOOK))
		return;
	if (!ward_str_eqz(ward_conf_word(c, "spec_version"), "cacao-2.0"))
		bad(r, ward_conf_get(c, "spec_version"), "spec_version",
			WARD_TEXT("not CACAO 2.0:"), ward_conf_word(c, "spec_version"),
			WARD_TEXT("convert it to \"cacao-2.0\""));
	if (!ward_str_starts(ward_conf_word(c, "id"), WARD_STR("playbook--")))
		bad(r, ward_conf_get(c, "id"), "id", WARD_TEXT("no playbook's identifier:"),
			ward_conf_word(c, "id"), WARD_TEXT("write playbook--UUID"));
	p->id = ward_conf_word(c, "id");
	p->name = ward_conf_word(c, "name");
	p->description = ward_conf_word(c, "description");
	p->modified = ward_conf_word(c, "modified");
	p->revoked = yes(c, "revoked");
	p->valid_from = moment(c, "valid_from", INT64_MIN);
	p->valid_until = moment(c, "valid_until", WARD_NS_NEVER);
	p->threat = read_texts(r, e, "threats", &p->n_threat);
	(void)ward_str_u64(ward_conf_word(e, "level"), &p->level);
	p->var = read_vars(r, c, "playbook_variables", &p->n_var);
	read_parties(r);
	read_objects(r, "data_marking_definitions", WARD_PLAYBOOK_FORM_MARKING);
	read_objects(r, "extension_definitions", WARD_PLAYBOOK_FORM_EXTENSION);
	read_steps(r);
	p->start = step_of(r, c, "workflow_start");
	p->exception = step_of(r, c, "workflow_exception");
}

enum ward_err ward_playbook_read(struct ward_slice bytes, struct ward_str file,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_playbook **ret)
{
	struct ward_playbook *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	p->mem = mem;
	ward_arena_init(&p->arena, mem, ARENA_MAX);
	enum ward_err err = ward_conf_json(&p->arena, lim, file, 1, bytes, diag, &p->tree);

	if (!err) {
		struct reader r = {.p = p, .at = {.diag = diag, .file = p->tree->file}};

		p->file = p->tree->file;
		ward_sha256(bytes, p->hash);
		read_head(&r);
		err = r.nomem ? WARD_ERR_NOMEM : r.bad ? WARD_ERR_CONFIG : WARD_OK;
	}
	if (err)
		ward_playbook_free(p);
	else
		*ret = p;
	return err;
}

enum ward_err ward_playbook_file(const char *path, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_playbook **ret)
{
	struct ward_arena a;
	struct ward_slice bytes;

	ward_arena_init(&a, mem, ARENA_MAX);
	enum ward_err err = ward_conf_read(&a, lim, path, diag, &bytes);

	if (!err)
		err = ward_playbook_read(bytes, ward_str_z(path), lim, mem, diag, ret);
	ward_arena_fini(&a);
	return err;
}

void ward_playbook_free(struct ward_playbook *p)
{
	if (!p)
		return;
	const struct ward_mem *mem = p->mem;

	ward_arena_fini(&p->arena);
	ward_mem_free(mem, p, sizeof(*p));
}
