#include "run/accounts.h"

#include "base/fd.h"
#include "base/json.h"
#include "conf/id.h"
#include "respond/act/totp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, LINE_ARENA = 1 << 20, LINE_MAX_BYTES = 8192 };

enum ward_err ward_accounts_init(struct ward_accounts *t, const struct ward_mem *mem)
{
	*t = (struct ward_accounts){.mem = mem};
	t->a = ward_mem_alloc(mem, WARD_PEOPLE_MAX * sizeof(*t->a));
	t->s = ward_mem_alloc(mem, WARD_SESSIONS_MAX * sizeof(*t->s));
	t->d = ward_mem_alloc(mem, WARD_DEVICES_MAX * sizeof(*t->d));
	if (t->a && t->s && t->d)
		return WARD_OK;
	ward_accounts_fini(t);
	return WARD_ERR_NOMEM;
}

void ward_accounts_fini(struct ward_accounts *t)
{
	if (t->a) {
		ward_wipe(t->a, WARD_PEOPLE_MAX * sizeof(*t->a));
		ward_mem_free(t->mem, t->a, WARD_PEOPLE_MAX * sizeof(*t->a));
	}
	if (t->s)
		ward_mem_free(t->mem, t->s, WARD_SESSIONS_MAX * sizeof(*t->s));
	if (t->d)
		ward_mem_free(t->mem, t->d, WARD_DEVICES_MAX * sizeof(*t->d));
	t->a = NULL;
	t->s = NULL;
	t->d = NULL;
	t->n = t->n_s = t->n_d = 0;
}

struct ward_account *ward_account_find(const struct ward_accounts *t, struct ward_str person)
{
	for (size_t i = 0; i < t->n; i++)
		if (ward_str_eqz(person, t->a[i].person))
			return &t->a[i];
	return NULL;
}

struct ward_account *ward_account_need(struct ward_accounts *t, struct ward_str person)
{
	struct ward_account *a = ward_account_find(t, person);

	if (a || t->n == WARD_PEOPLE_MAX || !person.len || person.len > WARD_PERSON_ID)
		return a;
	a = &t->a[t->n++];
	*a = (struct ward_account){.disabled = false};
	memcpy(a->person, person.p, person.len);
	return a;
}

struct ward_device *ward_device_find(const struct ward_accounts *t, struct ward_str id)
{
	for (size_t i = 0; i < t->n_d; i++)
		if (ward_str_eqz(id, t->d[i].id))
			return &t->d[i];
	return NULL;
}

void ward_device_drop(struct ward_accounts *t, struct ward_device *d)
{
	size_t at = (size_t)(d - t->d);

	memmove(d, d + 1, (--t->n_d - at) * sizeof(*d));
}

static const char *const limit_name[WARD_DEVICE_LIMIT_N] = {
#define X(NAME, name) [WARD_DEVICE_LIMIT_##NAME] = name,
	WARD_DEVICE_LIMIT_LIST(X)
#undef X
};

const char *ward_device_limit_name(enum ward_device_limit l)
{
	return (unsigned)l < WARD_DEVICE_LIMIT_N ? limit_name[l] : "none";
}

enum ward_device_limit ward_device_limit_parse(struct ward_str s)
{
	unsigned l = 0;

	while (l < WARD_DEVICE_LIMIT_N && !ward_str_eqz(s, limit_name[l]))
		l++;
	return (enum ward_device_limit)l;
}

void ward_signed_in_drop(struct ward_accounts *t, struct ward_signed_in *s)
{
	*s = t->s[--t->n_s];
}

/* ---- out ---- */

static void key_hex(struct ward_json *j, const char *key, const uint8_t *p, size_t len)
{
	char text[2 * WARD_SIGN_TOKEN];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_hex(&w, ward_slice_of(p, len));
	if (key)
		ward_json_key(j, key);
	ward_json_str(j, ward_wr_text(&w));
	ward_wipe(text, sizeof(text));
}

static void key_true(struct ward_json *j, const char *key, bool v)
{
	if (!v)
		return;
	ward_json_key(j, key);
	ward_json_bool(j, true);
}

static void key_base64(struct ward_json *j, const char *key, const uint8_t *p, size_t len)
{
	char text[2 * WARD_WEBAUTHN_ID];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_base64url_write(&w, ward_slice_of(p, len));
	ward_json_key(j, key);
	ward_json_str(j, ward_wr_text(&w));
}

static void write_keys(struct ward_json *j, const struct ward_account *a)
{
	ward_json_key(j, "keys");
	ward_json_arr(j);
	for (size_t i = 0; i < a->n_key; i++) {
		const struct ward_account_key *k = &a->key[i];

		ward_json_obj(j);
		key_base64(j, "id", k->is.id, k->is.n_id);
		key_base64(j, "key", k->is.key, sizeof(k->is.key));
		ward_json_key(j, "count");
		ward_json_u64(j, k->is.count);
		ward_json_key(j, "name");
		ward_json_z(j, k->name);
		ward_json_put_time(j, "made", k->made);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void write_account(struct ward_json *j, const struct ward_account *a)
{
	char secret[2 * WARD_ACCOUNT_SECRET];
	struct ward_wr base32 = ward_wr_fixed(secret, sizeof(secret));

	ward_json_key(j, "account");
	ward_json_z(j, a->person);
	if (a->password[0]) {
		ward_json_key(j, "password");
		ward_json_z(j, a->password);
	}
	if (a->pin[0]) {
		ward_json_key(j, "pin");
		ward_json_z(j, a->pin);
	}
	if (a->has_second) {
		ward_base32_write(&base32, ward_slice_of(a->second, sizeof(a->second)));
		ward_json_key(j, "secret");
		ward_json_str(j, ward_wr_text(&base32));
		ward_json_key(j, "step");
		ward_json_u64(j, a->step);
	}
	key_true(j, "disabled", a->disabled);
	if (a->code_until) {
		key_hex(j, "code", a->code, sizeof(a->code));
		ward_json_put_time(j, "code_until", a->code_until);
	}
	ward_json_key(j, "from");
	ward_json_arr(j);
	for (size_t i = 0; i < a->n_from; i++)
		key_hex(j, NULL, a->from[i], WARD_SIGN_FROM);
	ward_json_arr_end(j);
	if (a->directory[0]) {
		ward_json_key(j, "directory");
		ward_json_z(j, a->directory);
	}
	if (a->groups[0]) {
		ward_json_key(j, "directory_groups");
		ward_json_z(j, a->groups);
	}
	if (a->good)
		ward_json_put_time(j, "directory_good", a->good);
	if (a->n_key)
		write_keys(j, a);
	ward_wipe(secret, sizeof(secret));
}

static void write_device(struct ward_json *j, const struct ward_device *d)
{
	const struct {
		const char *key, *text;
	} row[] = {{"device", d->id}, {"name", d->name}, {"place", d->place},
		{"limit", ward_device_limit_name(d->limit)}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		if (!row[i].text[0])
			continue;
		ward_json_key(j, row[i].key);
		ward_json_z(j, row[i].text);
	}
	ward_json_put_time(j, "made", d->made);
	if (d->link_until) {
		key_hex(j, "link", d->link, sizeof(d->link));
		ward_json_put_time(j, "link_until", d->link_until);
	}
	if (d->bound) {
		key_hex(j, "key", d->key, sizeof(d->key));
		ward_json_put_time(j, "used", d->used);
	}
	ward_json_key(j, "present");
	ward_json_arr(j);
	for (size_t i = 0; i < d->n_present; i++) {
		ward_json_obj(j);
		ward_json_key(j, "person");
		ward_json_z(j, d->present[i].person);
		ward_json_put_time(j, "since", d->present[i].since);
		ward_json_key(j, "wrong");
		ward_json_u64(j, d->present[i].wrong);
		key_true(j, "second_factor", d->present[i].second);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void write_session(struct ward_json *j, const struct ward_signed_in *s)
{
	key_hex(j, "session", s->hash, sizeof(s->hash));
	ward_json_key(j, "person");
	ward_json_z(j, s->person);
	if (s->device[0]) {
		ward_json_key(j, "device");
		ward_json_z(j, s->device);
	}
	ward_json_put_time(j, "made", s->made);
	ward_json_put_time(j, "used", s->used);
	if (s->proved)
		ward_json_put_time(j, "proved", s->proved);
	if (s->proved_twice)
		ward_json_put_time(j, "proved_twice", s->proved_twice);
	key_true(j, "second_factor", s->second);
	key_true(j, "must_set_password", s->must_set_password);
	key_true(j, "directory", s->directory);
}

void ward_accounts_write(const struct ward_accounts *t, struct ward_wr *w)
{
	for (size_t i = 0; i < t->n + t->n_d + t->n_s; i++) {
		struct ward_json j = ward_json_on(w);

		ward_json_obj(&j);
		if (i < t->n)
			write_account(&j, &t->a[i]);
		else if (i < t->n + t->n_d)
			write_device(&j, &t->d[i - t->n]);
		else
			write_session(&j, &t->s[i - t->n - t->n_d]);
		ward_json_obj_end(&j);
		ward_wr_ch(w, '\n');
	}
}

/* ---- in ---- */

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

/* ---- the file ---- */

/* The folder's entry, too: else a machine that loses its power may know the old name only. */
static bool sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

/* In place of the file of that name, whole or not at all. */
static bool put_file(const char *dir, const char *name, struct ward_slice bytes)
{
	char path[PATH_BYTES], fresh[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name),
	    m = snprintf(fresh, sizeof(fresh), "%s/%s.new", dir, name);

	if (n <= 0 || m <= 0 || m >= PATH_BYTES)
		return false;
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, bytes) && fsync(fd) == 0;

	if (fd >= 0 && close(fd) != 0)
		ok = false;
	return ok && rename(fresh, path) == 0 && sync_folder(dir);
}

static void forget(struct ward_wr *w)
{
	if (w->p)
		ward_wipe(w->p, w->cap);
	ward_wr_fini(w);
}

enum ward_err ward_accounts_save(const struct ward_accounts *t, const char *dir)
{
	struct ward_wr w = ward_wr_grow(t->mem, WARD_ACCOUNTS_BYTES);
	enum ward_err err = WARD_ERR_NOMEM;

	ward_accounts_write(t, &w);
	if (!ward_wr_bad(&w))
		err = put_file(dir, WARD_ACCOUNTS_FILE, ward_wr_slice(&w)) ? WARD_OK : WARD_ERR_IO;
	forget(&w);
	return err;
}

/* The whole file; NOT_FOUND, LIMIT, IO, NOMEM. */
static enum ward_err read_file(const char *path, struct ward_wr *w)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	enum ward_err err = WARD_OK;

	if (fd < 0)
		return errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		err = WARD_ERR_IO;
	else if (st.st_size > WARD_ACCOUNTS_BYTES)
		err = WARD_ERR_LIMIT;
	size_t len = err ? 0 : (size_t)st.st_size;
	uint8_t *to = len ? ward_wr_room(w, len) : NULL;

	if (len && !to)
		err = WARD_ERR_NOMEM;
	else if (len && pread(fd, to, len, 0) != (ssize_t)len)
		err = WARD_ERR_IO;
	(void)close(fd);
	return err;
}

enum ward_err ward_accounts_load(struct ward_accounts *t, const char *dir,
	const struct ward_limits *lim, size_t *ret_bad, size_t *ret_line)
{
	char path[PATH_BYTES];
	struct ward_wr w = ward_wr_grow(t->mem, WARD_ACCOUNTS_BYTES);
	int n = snprintf(path, sizeof(path), "%s/" WARD_ACCOUNTS_FILE, dir);

	*ret_bad = *ret_line = 0;
	enum ward_err err = n > 0 && n < PATH_BYTES ? read_file(path, &w) : WARD_ERR_LIMIT;

	if (!err)
		err = ward_accounts_read(t, ward_wr_slice(&w), lim, ret_bad, ret_line);
	if (!err && *ret_bad && !put_file(dir, WARD_ACCOUNTS_ASIDE, ward_wr_slice(&w)))
		err = WARD_ERR_IO;
	if (!err && *ret_bad)
		err = ward_accounts_save(t, dir);
	forget(&w);
	return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
}
