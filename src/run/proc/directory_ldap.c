#include "run/proc/directory.h"

#include <stdio.h>

enum { BUSY = 51, UNAVAILABLE = 52 };

/* Waits for the answer of that id and kind; entries go to *f. */
static enum ward_err hear(struct directory *k, int32_t id, enum ward_ldap_what what,
	struct ward_ldap_found *f, int32_t *ret_result)
{
	struct ward_ldap_answer a;
	size_t used = 0;

	for (;;) {
		enum ward_err err = ward_ldap_take(ward_slice_of(k->answer, k->n_answer), &k->conf,
			ward_clock_now(k->p.clock), f, &used, &a);

		if (err == WARD_ERR_MORE) {
			err = directory_line_hear(k);
			if (err == WARD_ERR_CLOSED)
				return directory_lost(k, WARD_TEXT("it ended the connection"));
			if (err)
				return err;
			continue;
		}
		if (err)
			return directory_lost(k, WARD_TEXT("its answer is no LDAP"));
		k->n_answer -= used;
		memmove(k->answer, k->answer + used, k->n_answer);
		if (a.what == WARD_LDAP_ENDED)
			return directory_lost(k, WARD_TEXT("it ended the connection"));
		if (a.id == id && a.what == what) {
			*ret_result = a.result;
			return WARD_OK;
		}
	}
}

static enum ward_err bind_as(struct directory *k, int32_t id, struct ward_str dn,
	struct ward_str password, int32_t *ret_result)
{
	struct ward_ldap_found none = {.n = 0}; /* whoever sends entries before the answer */

	ward_ldap_put_bind(&k->out, id, dn, password);
	enum ward_err err = directory_line_say(k);

	if (!err)
		err = hear(k, id, WARD_LDAP_BOUND, &none, ret_result);
	if (!err && (*ret_result == BUSY || *ret_result == UNAVAILABLE))
		err = directory_lost(k, WARD_TEXT("it is busy, or not available"));
	return err;
}

/* By the server's result code (RFC 4511 4.1.9). */
static enum ward_err refused(struct directory *k, const char *why, int32_t result)
{
	char code[16];

	(void)snprintf(code, sizeof(code), "%d", (int)result);
	WARD_SAY(&k->why, k->lang, why, {"code", ward_str_z(code)});
	return WARD_ERR_AGAIN;
}

/* Connects, and searches as the account that may. */
static enum ward_err find(struct directory *k, struct ward_str name, struct ward_ldap_found *f)
{
	int32_t result;
	enum ward_err err = directory_line_open(k);

	if (!err)
		err = bind_as(k, 1, k->conf.bind, ward_str_z(k->secret), &result);
	if (!err && result != WARD_LDAP_SUCCESS) {
		return refused(k,
			WARD_TEXT("the account of `bind` is refused ({code}): is its password "
				  "right?"),
			result);
	}
	if (err)
		return err;
	*f = (struct ward_ldap_found){.n = 0};
	ward_ldap_put_search(&k->out, 2, &k->conf, name);
	err = directory_line_say(k);
	if (!err)
		err = hear(k, 2, WARD_LDAP_DONE, f, &result);
	if (!err && result != WARD_LDAP_SUCCESS && result != WARD_LDAP_SIZE_LIMIT) {
		return refused(k,
			WARD_TEXT("the search is refused ({code}): is `base` right, and may the "
				  "account search there?"),
			result);
	}
	return err;
}

static enum ward_err say_found(
	struct directory *k, struct ward_ldap_found *f, struct ward_directed *ret)
{
	if (!f->who.name[0])
		return directory_no(
			k, WARD_TEXT("the entry says of nobody who it is: see `person` of "
				     "directory.yml"));
	memcpy(f->who.key, f->who.name, sizeof(f->who.key));
	return directory_say_who(k, &f->who, ret);
}

/* Who is unknown, or disabled, is answered as a wrong password is, after as much. */
static enum ward_err password(
	struct directory *k, const struct ward_direct *d, struct ward_directed *ret)
{
	struct ward_ldap_found f;
	int32_t result;
	enum ward_err err = find(k, d->name, &f);
	bool good = !err && f.n == 1 && !f.disabled;

	if (!err)
		err = bind_as(k, 3, good ? ward_str_z(f.dn) : k->conf.base, d->secret, &result);
	if (err)
		return err;
	if (!good || result != WARD_LDAP_SUCCESS)
		return directory_no(
			k, f.n > 1      ? WARD_TEXT("several have that name")
			   : !f.n       ? WARD_TEXT("nobody has that name")
			   : f.disabled ? WARD_TEXT("the account is disabled, locked or over")
					: WARD_TEXT("the password is wrong"));
	return say_found(k, &f, ret);
}

static enum ward_err still(
	struct directory *k, const struct ward_direct *d, struct ward_directed *ret)
{
	struct ward_ldap_found f;
	enum ward_err err = find(k, d->name, &f);

	if (err)
		return err;
	if (f.n != 1 || f.disabled)
		return directory_no(k, f.n ? WARD_TEXT("the account is disabled, locked or over")
					   : WARD_TEXT("nobody has that name any more"));
	return say_found(k, &f, ret);
}

enum ward_err directory_ldap(
	struct directory *k, const struct ward_direct *d, struct ward_directed *ret)
{
	enum ward_err err;

	if (!d->name.len || (d->what == WARD_DIRECT_PASSWORD && !d->secret.len))
		return directory_no(k, WARD_TEXT("there is no name, or no password"));
	if (d->what == WARD_DIRECT_PASSWORD)
		err = password(k, d, ret);
	else if (d->what == WARD_DIRECT_STILL)
		err = still(k, d, ret);
	else
		err = directory_no(k, WARD_TEXT("that is not asked of a directory server"));
	if (!err || err == WARD_ERR_DENIED) {
		ward_ldap_put_unbind(&k->out, 9);
		if (k->sock >= 0 && directory_line_say(k) != WARD_OK)
			ward_count_name(&k->p.counters, "directory.cut", 1);
	}
	directory_line_close(k);
	return err;
}
