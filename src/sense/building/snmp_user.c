#include "sense/building/snmp_priv.h"

#include "base/rd.h"

#include <stdio.h>
#include <stdlib.h>

enum { T_INTEGER = 0x02, T_OCTETS = 0x04, T_SEQUENCE = 0x30, VERSION_3 = 3 };

/* The next element with this tag (X.690 8.1; lengths of one to three bytes). */
static struct ward_rd element(struct ward_rd *r, uint8_t tag)
{
	uint8_t got = ward_rd_u8(r), len = ward_rd_u8(r);
	size_t n = len;

	if (len == 0x81)
		n = ward_rd_u8(r);
	else if (len == 0x82)
		n = ward_rd_be16(r);
	else if (len > 0x7f)
		n = SIZE_MAX;
	if (got != tag)
		n = SIZE_MAX;
	return ward_rd_sub(r, n);
}

/* RFC 3412 6, RFC 3414 2.4: { version, { … }, { engine, boots, time, user, … }, … }. */
static bool engine_of(struct ward_slice datagram, struct snmp_engine *ret)
{
	struct ward_rd all = ward_rd_slice(datagram);
	struct ward_rd message = element(&all, T_SEQUENCE);
	struct ward_rd version = element(&message, T_INTEGER);

	if (ward_rd_u8(&version) != VERSION_3 || ward_rd_bad(&version))
		return false;
	(void)element(&message, T_SEQUENCE);
	struct ward_rd security = element(&message, T_OCTETS);
	struct ward_rd parts = element(&security, T_SEQUENCE);
	struct ward_rd id = element(&parts, T_OCTETS);
	struct ward_slice s = ward_rd_rest(&id);

	*ret = (struct snmp_engine){.len = s.len <= SNMP_ENGINE_BYTES ? s.len : 0};
	if (ret->len)
		memcpy(ret->id, s.p, ret->len);
	return !ward_rd_bad(&id) && s.len <= SNMP_ENGINE_BYTES;
}

static bool same(const struct snmp_engine *a, const struct snmp_engine *b)
{
	return a->len == b->len && memcmp(a->id, b->id, a->len) == 0;
}

static struct snmp_engine *find(struct snmp_users *u, const struct snmp_engine *e)
{
	for (size_t i = 0; i < u->n; i++)
		if (same(&u->engine[i], e))
			return &u->engine[i];
	return NULL;
}

/* The user with its keys for this engine, in the library's list. */
static bool put_user(struct snmp_users *u, struct snmp_engine *e)
{
	netsnmp_session s = u->user;

	s.securityEngineID = e->id;
	s.securityEngineIDLen = e->len;
	return usm_create_user_from_session(&s) == SNMPERR_SUCCESS;
}

static void take_user(struct snmp_users *u, const struct snmp_engine *e)
{
	struct usmUser *x = usm_get_user(e->id, e->len, u->user.securityName);

	if (!x)
		return;
	(void)usm_remove_user(x);
	(void)usm_free_user(x);
}

bool snmp_users_init(
	struct snmp_users *u, const struct ward_snmp_opts *o, const char *name, ward_ns wall)
{
	static const int64_t boots_max = INT32_MAX - 2;
	int64_t boots = wall / WARD_NS_PER_S;
	char text[24];

	u->has_user = o->security != WARD_SNMP_V2C;
	snmp_sess_init(&u->user);
	if (!u->has_user)
		return true;
	if (setup_engineID(NULL, name) < 0 || !snmp_protect(&u->user, o))
		return false;
	u->own.len = snmpv3_get_engineID(u->own.id, sizeof(u->own.id));
	/* each life is younger than the one before (RFC 3414 2.2.2), without a file that says so */
	(void)snprintf(
		text, sizeof(text), "%lld", (long long)(boots < boots_max ? boots : boots_max));
	engineBoots_conf("engineBoots", text);
	return u->own.len &&
	       set_enginetime(u->own.id, (u_int)u->own.len, (u_int)snmpv3_local_snmpEngineBoots(),
		       (u_int)snmpv3_local_snmpEngineTime(), TRUE) == SNMPERR_SUCCESS &&
	       put_user(u, &u->own);
}

void snmp_users_fini(struct snmp_users *u)
{
	if (!u->has_user)
		return;
	for (size_t i = 0; i < u->n; i++)
		take_user(u, &u->engine[i]);
	take_user(u, &u->own);
	snmp_unprotect(&u->user);
}

bool snmp_users_own(const struct snmp_users *u)
{
	return !u->in_hand.len || same(&u->in_hand, &u->own);
}

bool snmp_users_expect(struct snmp_users *u, struct ward_slice datagram)
{
	if (!engine_of(datagram, &u->in_hand))
		return false;
	if (u->has_user && !snmp_users_own(u) && !find(u, &u->in_hand))
		(void)put_user(u, &u->in_hand); /* without memory it is not authentic */
	return true;
}

void snmp_users_settle(struct snmp_users *u, bool authentic, ward_ns wall)
{
	struct snmp_engine *e = find(u, &u->in_hand);

	if (!u->has_user || snmp_users_own(u))
		return;
	if (!e && !authentic) {
		take_user(u, &u->in_hand);
		return;
	}
	if (!e && u->n < SNMP_ENGINES) {
		e = &u->engine[u->n++];
	} else if (!e) { /* whoever was silent for longest is made anew when he comes again */
		e = &u->engine[0];
		for (size_t i = 1; i < u->n; i++)
			if (u->engine[i].last < e->last)
				e = &u->engine[i];
		take_user(u, e);
	}
	if (!same(e, &u->in_hand))
		*e = u->in_hand;
	if (authentic)
		e->last = wall;
}
