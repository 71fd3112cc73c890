#include "run/accounts.h"

#include "base/fd.h"
#include "base/json.h"
#include "respond/act/totp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

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
	ward_wipe(t->x, sizeof(t->x));
	t->n = t->n_s = t->n_d = t->n_x = 0;
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

struct ward_sensor *ward_sensor_find(struct ward_accounts *t, struct ward_str id)
{
	for (size_t i = 0; i < t->n_x; i++)
		if (ward_str_eqz(id, t->x[i].id))
			return &t->x[i];
	return NULL;
}

struct ward_sensor *ward_sensor_need(struct ward_accounts *t, struct ward_str id)
{
	struct ward_sensor *x = ward_sensor_find(t, id);

	if (x || t->n_x == WARD_SENSORS_MAX || !ward_sensor_is_id(id))
		return x;
	x = &t->x[t->n_x++];
	*x = (struct ward_sensor){.made = 0};
	memcpy(x->id, id.p, id.len);
	return x;
}

void ward_sensor_drop(struct ward_accounts *t, struct ward_sensor *x)
{
	size_t at = (size_t)(x - t->x);

	memmove(x, x + 1, (--t->n_x - at) * sizeof(*x));
	ward_wipe(&t->x[t->n_x], sizeof(*x));
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

static void write_sensor(struct ward_json *j, const struct ward_sensor *x)
{
	ward_json_put_z(j, "sensor", x->id);
	key_hex(j, "print", x->print, sizeof(x->print));
	ward_json_put_time(j, "made", x->made);
	ward_json_put_time(j, "until", x->until);
	if (!x->next_until)
		return;
	key_hex(j, "next", x->next, sizeof(x->next));
	ward_json_put_time(j, "next_until", x->next_until);
}

static void write_sensors(const struct ward_accounts *t, struct ward_wr *w)
{
	for (size_t i = 0; i < t->n_x; i++) {
		struct ward_json j = ward_json_on(w);

		if (!t->x[i].made)
			continue;
		ward_json_obj(&j);
		write_sensor(&j, &t->x[i]);
		ward_json_obj_end(&j);
		ward_wr_ch(w, '\n');
	}
}

void ward_accounts_write(const struct ward_accounts *t, struct ward_wr *w)
{
	write_sensors(t, w);
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
