/* The file of accounts, read: each line by itself, and what is not as it is written is none. */
#include "run/accounts.h"

#include "conf/id.h"
#include "respond/act/totp.h"

enum { LINE_ARENA = 1 << 20, LINE_MAX_BYTES = 8192 };

/* The text of a key; false: it is there and no text. An absent one is empty. */
static bool text_of(const struct ward_conf *c, const char *key, struct ward_str *ret)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	*ret = v ? v->text : (struct ward_str){0};
	return !v || (v->kind == WARD_CONF_SCALAR && v->quoted && v->text.len);
}

static bool true_of(const struct ward_conf *c, const char *key, bool *ret)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	*ret = v != NULL;
	return !v || (v->kind == WARD_CONF_SCALAR && !v->quoted && ward_str_eqz(v->text, "true"));
}

static bool time_of(const struct ward_conf *c, const char *key, ward_ns *ret)
{
	struct ward_str s;

	return text_of(c, key, &s) && s.len && ward_time_parse(s, ret) == WARD_OK && *ret > 0;
}

static bool hex_of(struct ward_str s, uint8_t *ret, size_t len)
{
	return s.len == 2 * len && ward_str_unhex(s, ret, len);
}

/* A copy with its end; false: it has no room, or holds one. */
static bool copy_of(struct ward_str s, char *ret, size_t cap)
{
	if (!s.len || s.len >= cap || memchr(s.p, 0, s.len))
		return false;
	memcpy(ret, s.p, s.len);
	ret[s.len] = 0;
	return true;
}

static bool only(const struct ward_conf *c, const char *const *known)
{
	for (const struct ward_conf *k = c->child; k; k = k->next) {
		size_t i = 0;

		while (known[i] && !ward_str_eqz(k->key, known[i]))
			i++;
		if (!known[i])
			return false;
	}
	return true;
}

static bool read_second(const struct ward_conf *c, struct ward_account *a)
{
	const struct ward_conf *step = ward_conf_get(c, "step");
	struct ward_str s;
	size_t len;

	if (!text_of(c, "secret", &s))
		return false;
	a->has_second = s.len > 0;
	if (!a->has_second)
		return !step;
	return ward_base32_read(s, a->second, sizeof(a->second), &len) &&
	       len == sizeof(a->second) && step && step->kind == WARD_CONF_SCALAR &&
	       !step->quoted && ward_str_u64(step->text, &a->step);
}

static bool read_directory(const struct ward_conf *c, struct ward_account *a)
{
	struct ward_str key, groups;

	return text_of(c, "directory", &key) && text_of(c, "directory_groups", &groups) &&
	       (!key.len || copy_of(key, a->directory, sizeof(a->directory))) &&
	       (!groups.len || copy_of(groups, a->groups, sizeof(a->groups))) &&
	       (!ward_conf_get(c, "directory_good") || time_of(c, "directory_good", &a->good));
}

static bool read_key(const struct ward_conf *c, struct ward_account_key *ret)
{
	static const char *const known[] = {"id", "key", "count", "name", "made", NULL};
	const struct ward_conf *count = ward_conf_get(c, "count");
	struct ward_str id, key, name;
	uint64_t n;
	size_t len;

	if (c->kind != WARD_CONF_MAP || !only(c, known) || !text_of(c, "id", &id) ||
		!ward_base64url_read(id, ret->is.id, sizeof(ret->is.id), &ret->is.n_id) ||
		!text_of(c, "key", &key) ||
		!ward_base64url_read(key, ret->is.key, sizeof(ret->is.key), &len) ||
		len != sizeof(ret->is.key) || !text_of(c, "name", &name) ||
		!copy_of(name, ret->name, sizeof(ret->name)) || !time_of(c, "made", &ret->made) ||
		!count || count->kind != WARD_CONF_SCALAR || count->quoted ||
		!ward_str_u64(count->text, &n) || n > UINT32_MAX)
		return false;
	ret->is.count = (uint32_t)n;
	return true;
}

static bool read_keys(const struct ward_conf *c, struct ward_account *a)
{
	const struct ward_conf *keys = ward_conf_get(c, "keys");

	if (keys && keys->kind != WARD_CONF_SEQ)
		return false;
	for (const struct ward_conf *k = keys ? keys->child : NULL; k; k = k->next)
		if (a->n_key == WARD_ACCOUNT_KEYS || !read_key(k, &a->key[a->n_key++]))
			return false;
	return true;
}

static bool read_account(struct ward_accounts *t, const struct ward_conf *c)
{
	static const char *const known[] = {"account", "password", "pin", "secret", "step",
		"disabled", "code", "code_until", "from", "keys", "directory", "directory_groups",
		"directory_good", NULL};
	const struct ward_conf *from = ward_conf_get(c, "from");
	struct ward_account a = {.step = 0};
	struct ward_str id, password, pin, code;
	bool ok = only(c, known) && text_of(c, "account", &id) &&
		  ward_conf_is_id(id, WARD_PERSON_ID) && copy_of(id, a.person, sizeof(a.person)) &&
		  text_of(c, "password", &password) &&
		  (!password.len || copy_of(password, a.password, sizeof(a.password))) &&
		  text_of(c, "pin", &pin) && (!pin.len || copy_of(pin, a.pin, sizeof(a.pin))) &&
		  read_second(c, &a) && true_of(c, "disabled", &a.disabled) &&
		  text_of(c, "code", &code);

	if (ok && code.len)
		ok = hex_of(code, a.code, sizeof(a.code)) &&
		     time_of(c, "code_until", &a.code_until);
	else if (ok)
		ok = !ward_conf_get(c, "code_until");
	ok = ok && read_directory(c, &a) && (!from || from->kind == WARD_CONF_SEQ);
	for (const struct ward_conf *f = ok && from ? from->child : NULL; ok && f; f = f->next)
		ok = a.n_from < WARD_ACCOUNT_FROM && f->kind == WARD_CONF_SCALAR &&
		     hex_of(f->text, a.from[a.n_from++], WARD_SIGN_FROM);
	ok = ok && t->n < WARD_PEOPLE_MAX && !ward_account_find(t, id);
	ok = ok && read_keys(c, &a);
	if (ok)
		t->a[t->n++] = a;
	ward_wipe(&a, sizeof(a));
	return ok;
}

static bool read_present(const struct ward_conf *c, struct ward_present *ret)
{
	static const char *const known[] = {"person", "since", "wrong", "second_factor", NULL};
	const struct ward_conf *wrong = ward_conf_get(c, "wrong");
	struct ward_str person;
	uint64_t n;

	if (c->kind != WARD_CONF_MAP || !only(c, known) || !text_of(c, "person", &person) ||
		!copy_of(person, ret->person, sizeof(ret->person)) ||
		!time_of(c, "since", &ret->since) || !true_of(c, "second_factor", &ret->second) ||
		!wrong || wrong->kind != WARD_CONF_SCALAR || wrong->quoted ||
		!ward_str_u64(wrong->text, &n) || n > UINT8_MAX)
		return false;
	ret->wrong = (unsigned)n;
	return true;
}

/* Its link, while that is good, and the key of the browser that is bound. */
static bool read_binding(const struct ward_conf *c, struct ward_device *d)
{
	struct ward_str link, key;

	if (!text_of(c, "link", &link) || !text_of(c, "key", &key))
		return false;
	d->bound = key.len > 0;
	return (link.len ? hex_of(link, d->link, sizeof(d->link)) &&
				       time_of(c, "link_until", &d->link_until)
			 : !ward_conf_get(c, "link_until")) &&
	       (key.len ? hex_of(key, d->key, sizeof(d->key)) && time_of(c, "used", &d->used)
			: !ward_conf_get(c, "used"));
}

static bool read_device(struct ward_accounts *t, const struct ward_conf *c)
{
	static const char *const known[] = {"device", "name", "place", "limit", "made", "link",
		"link_until", "key", "used", "present", NULL};
	const struct ward_conf *present = ward_conf_get(c, "present");
	struct ward_device d = {.made = 0};
	struct ward_str id, name, place, limit;
	bool ok = only(c, known) && text_of(c, "device", &id) && id.len == WARD_DEVICE_ID &&
		  copy_of(id, d.id, sizeof(d.id)) && text_of(c, "name", &name) &&
		  copy_of(name, d.name, sizeof(d.name)) && text_of(c, "place", &place) &&
		  (!place.len || copy_of(place, d.place, sizeof(d.place))) &&
		  text_of(c, "limit", &limit) &&
		  (d.limit = ward_device_limit_parse(limit)) != WARD_DEVICE_LIMIT_N &&
		  time_of(c, "made", &d.made) && read_binding(c, &d) && t->n_d < WARD_DEVICES_MAX &&
		  !ward_device_find(t, id) && (!present || present->kind == WARD_CONF_SEQ);

	for (const struct ward_conf *p = ok && present ? present->child : NULL; ok && p;
		p = p->next)
		ok = d.n_present < WARD_DEVICE_PEOPLE && read_present(p, &d.present[d.n_present++]);
	if (ok)
		t->d[t->n_d++] = d;
	return ok;
}

static bool is_known(const struct ward_accounts *t, const struct ward_signed_in *s)
{
	if (s->device[0] && !ward_device_find(t, ward_str_z(s->device)))
		return false;
	return s->person[0] == '@' ? ward_device_find(t, ward_str_z(s->person + 1)) != NULL
				   : ward_account_find(t, ward_str_z(s->person)) != NULL;
}

static bool read_session(struct ward_accounts *t, const struct ward_conf *c)
{
	static const char *const known[] = {"session", "person", "device", "made", "used", "proved",
		"proved_twice", "second_factor", "must_set_password", "directory", NULL};
	struct ward_signed_in s = {.made = 0};
	struct ward_str hash, person, device;
	bool ok = only(c, known) && text_of(c, "session", &hash) &&
		  hex_of(hash, s.hash, sizeof(s.hash)) && text_of(c, "person", &person) &&
		  copy_of(person, s.person, sizeof(s.person)) && text_of(c, "device", &device) &&
		  (!device.len || copy_of(device, s.device, sizeof(s.device))) && is_known(t, &s) &&
		  time_of(c, "made", &s.made) && time_of(c, "used", &s.used) &&
		  (!ward_conf_get(c, "proved") || time_of(c, "proved", &s.proved)) &&
		  (!ward_conf_get(c, "proved_twice") ||
			  time_of(c, "proved_twice", &s.proved_twice)) &&
		  true_of(c, "second_factor", &s.second) &&
		  true_of(c, "must_set_password", &s.must_set_password) &&
		  true_of(c, "directory", &s.directory) && t->n_s < WARD_SESSIONS_MAX;

	for (size_t i = 0; ok && i < t->n_s; i++)
		ok = memcmp(t->s[i].hash, s.hash, sizeof(s.hash)) != 0;
	if (ok)
		t->s[t->n_s++] = s;
	return ok;
}

static bool read_sensor(struct ward_accounts *t, const struct ward_conf *c)
{
	static const char *const known[] = {
		"sensor", "print", "made", "until", "next", "next_until", NULL};
	struct ward_sensor x = {.made = 0};
	struct ward_str id, print, next;
	bool ok = only(c, known) && text_of(c, "sensor", &id) && ward_sensor_is_id(id) &&
		  copy_of(id, x.id, sizeof(x.id)) && text_of(c, "print", &print) &&
		  hex_of(print, x.print, sizeof(x.print)) && time_of(c, "made", &x.made) &&
		  time_of(c, "until", &x.until) && text_of(c, "next", &next) &&
		  t->n_x < WARD_SENSORS_MAX && !ward_sensor_find(t, id);

	if (ok && next.len)
		ok = hex_of(next, x.next, sizeof(x.next)) &&
		     time_of(c, "next_until", &x.next_until);
	else if (ok)
		ok = !ward_conf_get(c, "next_until");
	if (ok)
		t->x[t->n_x++] = x;
	return ok;
}

enum ward_err ward_accounts_read(struct ward_accounts *t, struct ward_slice text,
	const struct ward_limits *lim, size_t *ret_bad, size_t *ret_line)
{
	struct ward_str rest = ward_slice_text(text);
	struct ward_arena arena;
	struct ward_diag diag;
	enum ward_err err = WARD_OK;

	*ret_bad = *ret_line = 0;
	ward_arena_init(&arena, t->mem, LINE_ARENA);
	ward_diag_init(&diag, t->mem);
	for (size_t line = 1; rest.len && err != WARD_ERR_NOMEM; line++) {
		struct ward_str one = ward_str_cut(&rest, '\n');
		const struct ward_conf *c;
		bool ok = one.len > 0 && one.len <= LINE_MAX_BYTES;

		ward_arena_reset(&arena);
		err = ok ? ward_conf_json(&arena, lim, WARD_STR(WARD_ACCOUNTS_FILE), 1,
				   ward_str_bytes(one), &diag, &c)
			 : WARD_OK;
		ok = ok && !err && c->kind == WARD_CONF_MAP &&
		     (ward_conf_get(c, "account")          ? read_account(t, c)
			     : ward_conf_get(c, "session") ? read_session(t, c)
			     : ward_conf_get(c, "sensor")  ? read_sensor(t, c)
							   : read_device(t, c));
		if (ok)
			continue;
		*ret_line = *ret_bad ? *ret_line : line;
		++*ret_bad;
	}
	ward_diag_fini(&diag);
	ward_arena_fini(&arena);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}
