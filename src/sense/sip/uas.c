/* RFC 3261, by its sections. Requests are handled whole when they come, so nothing provisional is
 * ever said: until the answer comes, the caller asks again. */
#include "sense/sip/priv.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { BUCKET = 200, BUCKET_RATE = 20 }; /* requests of one address: at once, and a second */

static const ward_ns known_for = 32 * WARD_NS_PER_S; /* 17.2.2: 64 T1 */
static const ward_ns register_usual = 3600 * WARD_NS_PER_S;

/* ---- who is heard ---- */

static bool read_address(struct ward_str s, uint8_t ret[16], bool *ret_v4)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char z[INET6_ADDRSTRLEN];

	if (s.len >= sizeof(z))
		return false;
	memcpy(z, s.p, s.len);
	z[s.len] = '\0';
	memcpy(ret, mapped, sizeof(mapped));
	*ret_v4 = inet_pton(AF_INET, z, ret + sizeof(mapped)) == 1;
	return *ret_v4 || inet_pton(AF_INET6, z, ret) == 1;
}

static bool read_net(struct ward_str s, struct uas_net *ret)
{
	struct ward_str bits = s, address = ward_str_cut(&bits, '/');
	uint64_t n;
	bool v4;

	if (!address.len || !read_address(address, ret->address, &v4))
		return false;
	n = v4 ? 32 : 128;
	if (bits.p && (!ward_str_u64(bits, &n) || n > (v4 ? 32 : 128)))
		return false;
	ret->bits = (unsigned)n + (v4 ? 96 : 0);
	return true;
}

static bool holds(const struct uas_net *net, const uint8_t a[16])
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	return memcmp(net->address, a, whole) == 0 &&
	       (!rest || (net->address[whole] ^ a[whole]) >> (8 - rest) == 0);
}

static bool is_peer(const struct ward_uas *u, const struct ward_uas_peer *from)
{
	for (size_t i = 0; i < u->n_net; i++)
		if (holds(&u->net[i], from->address))
			return true;
	return false;
}

/* Addresses that share a bucket share its room. */
static bool is_flood(struct ward_uas *u, const struct ward_uas_peer *from)
{
	size_t i = (size_t)(ward_siphash(u->o.seed, from->address, 16) % UAS_BUCKETS);
	ward_ns gone = u->mono - u->bucket[i].at;
	uint64_t more = (uint64_t)(gone / (WARD_NS_PER_S / BUCKET_RATE));

	if (more) {
		u->bucket[i].left = u->bucket[i].left + more > BUCKET
					    ? BUCKET
					    : u->bucket[i].left + (unsigned)more;
		u->bucket[i].at = u->mono;
	}
	if (!u->bucket[i].left)
		return true;
	u->bucket[i].left--;
	return false;
}

/* ---- what was answered ---- */

static void key_of(const struct ward_uas *u, const struct ward_sip_message *m, uint64_t ret[2])
{
	const struct ward_str part[] = {m->call_id, ward_sip_parameter(m->from, "tag"), m->method};

	ret[0] = ret[1] = m->cseq;
	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		struct ward_seed seed = {u->o.seed.k0 ^ ret[0], u->o.seed.k1 ^ ret[1]};

		ret[0] = ward_siphash(seed, part[i].p, part[i].len);
		seed.k1 ^= 0x6b6e6f77;
		ret[1] = ward_siphash(seed, part[i].p, part[i].len);
	}
}

static struct uas_known *known(struct ward_uas *u, const struct ward_sip_message *m)
{
	uint64_t key[2];

	key_of(u, m, key);
	for (size_t i = 0; i < UAS_KNOWN; i++)
		if (u->known[i].until > u->mono && u->known[i].key[0] == key[0] &&
			u->known[i].key[1] == key[1])
			return &u->known[i];
	return NULL;
}

static void remember(struct ward_uas *u, const struct ward_sip_message *m, unsigned status)
{
	struct uas_known *k = &u->known[u->at_known];

	u->at_known = (u->at_known + 1) % UAS_KNOWN;
	key_of(u, m, k->key);
	k->status = status;
	k->until = u->mono + known_for;
}

/* ---- answers ---- */

static const char *const statuses[] = {"200 OK", "400 Bad Request", "405 Method Not Allowed",
	"420 Bad Extension", "481 Call/Transaction Does Not Exist", "488 Not Acceptable Here",
	"503 Service Unavailable", "513 Message Too Large", "603 Decline"};

static void say(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, unsigned status, struct ward_str fields)
{
	char number[8];
	struct uas_answer a = {.status = statuses[1], .fields = fields};

	(void)snprintf(number, sizeof(number), "%u ", status);
	for (size_t i = 0; i < WARD_ARRAY_LEN(statuses); i++)
		if (ward_str_starts(ward_str_z(statuses[i]), ward_str_z(number)))
			a.status = statuses[i];
	uas_say(u, from, m, &a);
}

static void say_plain(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, unsigned status)
{
	say(u, from, m, status, WARD_STR(""));
}

/* False, and told so, when its sender did not show who it is. */
static enum ward_err logged_in(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, bool *ret)
{
	uint8_t bytes[512];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	enum uas_login l = uas_login(u, from, m, uas_user(ward_sip_uri(m->from)));

	*ret = l == UAS_LOGIN_OK;
	if (*ret)
		return WARD_OK;
	uas_challenge(u, from, l == UAS_LOGIN_STALE, &w);
	uas_say(u, from, m,
		&(struct uas_answer){.status = "401 Unauthorized", .fields = ward_wr_text(&w)});
	return l == UAS_LOGIN_WRONG ? uas_reject(u, WARD_UAS_REJECT_LOGIN) : WARD_OK;
}

/* ---- requests ---- */

static enum ward_err take_invite(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	enum ward_uas_taken taken;
	enum ward_err err;

	if (ward_sip_parameter(m->to, "tag").len) { /* 14.2: another voice than none */
		say_plain(u, from, m, uas_dialog_of(u, m) ? 488 : 481);
		return WARD_OK;
	}
	err = uas_call(u, from, m, &taken);
	if (err || taken == WARD_UAS_ENDING)
		return err;
	if (taken != WARD_UAS_DURABLE) {
		say(u, from, m, taken == WARD_UAS_NO_ROOM ? 503 : 513,
			taken == WARD_UAS_NO_ROOM ? WARD_STR("Retry-After: 5\r\n") : WARD_STR(""));
		return WARD_OK;
	}
	if (!u->o.declines && uas_dialog_begin(u, from, m)) {
		remember(u, m, 200);
		return WARD_OK;
	}
	if (!u->o.declines) /* it is on record; only the talk is left out */
		ward_count_name(u->o.counters, "sip.calls.untalked", 1);
	say_plain(u, from, m, 603);
	remember(u, m, 603);
	return WARD_OK;
}

static enum ward_err take_message(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	enum ward_uas_taken taken;
	enum ward_err err = uas_call(u, from, m, &taken);

	if (err || taken == WARD_UAS_ENDING)
		return err;
	if (taken == WARD_UAS_DURABLE) {
		say_plain(u, from, m, 200);
		remember(u, m, 200);
	} else if (taken == WARD_UAS_NO_ROOM) {
		say(u, from, m, 503, WARD_STR("Retry-After: 5\r\n"));
	} else {
		say_plain(u, from, m, 513);
	}
	return WARD_OK;
}

/* 10.3; how long a device counts as there is its own wish, up to an hour. */
static enum ward_err take_register(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	uint8_t bytes[UAS_TEXT + 64];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_str wish = ward_sip_parameter(m->contact, "expires");
	struct ward_str number = uas_user(ward_sip_uri(m->from));
	uint64_t s = (uint64_t)(register_usual / WARD_NS_PER_S), asked;

	if (!u->o.registers) {
		say_plain(u, from, m, 405);
		return uas_reject(u, WARD_UAS_REJECT_METHOD);
	}
	if (!number.len) {
		say_plain(u, from, m, 400);
		return uas_reject(u, WARD_UAS_REJECT_CONTACT);
	}
	if (ward_str_u64(wish.len ? wish : ward_str_trim(m->expires), &asked) && asked < s)
		s = asked;
	if (m->contact.len && s) {
		ward_wr_z(&w, "Contact: <");
		uas_put_line(&w, ward_sip_uri(m->contact));
		ward_wr_printf(&w, ">;expires=%llu\r\n", (unsigned long long)s);
	}
	say(u, from, m, 200, ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w));
	if (!s) {
		uas_watch_leave(u, number);
		return WARD_OK;
	}
	return uas_watch_heard(u, number, m->contact.len ? (ward_ns)s * WARD_NS_PER_S : -1);
}

static enum ward_err take_options(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	say(u, from, m, 200,
		WARD_STR("Accept: application/sdp, text/plain, application/pidf+xml\r\n"));
	return WARD_OK;
}

static enum ward_err take_bye(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	struct uas_dialog *d = uas_dialog_of(u, m);

	say_plain(u, from, m, d ? 200 : 481);
	if (!d)
		return uas_reject(u, WARD_UAS_REJECT_DIALOG);
	d->state = DIALOG_FREE;
	remember(u, m, 200);
	return WARD_OK;
}

/* 9.2: what it would end is answered already. */
static enum ward_err take_cancel(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	struct ward_sip_message invite = *m;

	invite.method = WARD_STR("INVITE");
	say_plain(u, from, m, known(u, &invite) ? 200 : 481);
	return WARD_OK;
}

static const struct {
	const char *method;
	bool login, contact;
	enum ward_err (*take)(struct ward_uas *u, const struct ward_uas_peer *from,
		const struct ward_sip_message *m);
} methods[] = {{"INVITE", true, true, take_invite}, {"MESSAGE", true, false, take_message},
	{"REGISTER", true, false, take_register}, {"OPTIONS", true, false, take_options},
	{"BYE", false, false, take_bye}, {"CANCEL", false, false, take_cancel}};

/* 8.2.2.3 */
static bool requires_more(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	uint8_t bytes[UAS_TEXT];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	if (ward_str_eqz(m->method, "CANCEL"))
		return false;
	for (size_t i = 0; i < m->n_require; i++) {
		if (ward_str_ieq(m->require[i], WARD_STR("geolocation")))
			continue; /* RFC 6442 */
		ward_wr_z(&w, w.len ? ", " : "Unsupported: ");
		uas_put_line(&w, m->require[i]);
	}
	if (!w.len && !ward_wr_bad(&w))
		return false;
	ward_wr_z(&w, "\r\n");
	say(u, from, m, 420, ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w));
	return true;
}

static enum ward_err take(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	bool known_here = false;
	enum ward_err err;

	if (requires_more(u, from, m))
		return uas_reject(u, WARD_UAS_REJECT_REQUIRE);
	for (size_t i = 0; i < WARD_ARRAY_LEN(methods); i++) {
		if (!ward_str_eqz(m->method, methods[i].method))
			continue;
		if (methods[i].login) {
			err = logged_in(u, from, m, &known_here);
			if (err || !known_here)
				return err;
			if (is_flood(u, from)) { /* of who showed who it is: nobody ends another's
						    calls */
				say(u, from, m, 503, WARD_STR("Retry-After: 2\r\n"));
				return uas_reject(u, WARD_UAS_REJECT_FLOOD);
			}
		}
		if (methods[i].contact && !ward_sip_uri(m->contact).len) {
			say_plain(u, from, m, 400);
			return uas_reject(u, WARD_UAS_REJECT_CONTACT);
		}
		err = methods[i].take(u, from, m);
		if (err || !known_here || methods[i].take == take_register)
			return err;
		return uas_watch_heard(u, uas_user(ward_sip_uri(m->from)), -1);
	}
	say_plain(u, from, m, 405);
	return uas_reject(u, WARD_UAS_REJECT_METHOD);
}

/* Is sent again: answered again. */
static bool answered_again(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	const struct uas_known *k = known(u, m);

	if (!k)
		return false;
	ward_count_name(u->o.counters, "sip.again", 1);
	if (k->status != 200 || !ward_str_eqz(m->method, "INVITE")) {
		say_plain(u, from, m, k->status);
		return true;
	}
	for (size_t i = 0; i < UAS_DIALOGS; i++) {
		const struct uas_dialog *d = &u->dialog[i];

		if (d->state == DIALOG_ANSWERED && ward_str_eqz(m->call_id, d->call_id))
			u->o.send(u->o.ctx, &d->peer, ward_slice_of(d->last, d->n_last));
	}
	return true;
}

static enum ward_err take_request(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	if (ward_str_eqz(m->method, "ACK")) {
		struct uas_dialog *d = uas_dialog_of(u, m);

		if (d)
			uas_dialog_acknowledged(u, d);
		return WARD_OK;
	}
	if (!ward_str_eq(m->method, m->cseq_method)) { /* 8.1.1.5 */
		say_plain(u, from, m, 400);
		return uas_reject(u, WARD_UAS_REJECT_MESSAGE);
	}
	if (answered_again(u, from, m))
		return WARD_OK;
	return take(u, from, m);
}

/* To our BYE, whatever it says. */
static void take_response(struct ward_uas *u, const struct ward_sip_message *m)
{
	struct uas_dialog *d = uas_dialog_of(u, m);

	if (d && d->state == DIALOG_ENDING && m->status >= 200 &&
		ward_str_eqz(m->cseq_method, "BYE"))
		d->state = DIALOG_FREE;
	else
		ward_count_name(u->o.counters, "sip.responses.odd", 1);
}

/* What is no message is answered only when it is one enough to have an answer. */
static enum ward_err refuse(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, enum ward_err err)
{
	bool whole = m->method.len && !m->status && m->n_via && m->from.len && m->to.len &&
		     m->call_id.len && m->cseq_method.len;

	if (whole && !ward_str_eqz(m->method, "ACK"))
		uas_say(u, from, m,
			&(struct uas_answer){.status = err == WARD_ERR_LIMIT
							       ? "400 Too Many Fields"
							       : "400 Malformed Field Or Length"});
	return uas_reject(
		u, err == WARD_ERR_LIMIT ? WARD_UAS_REJECT_LIMIT : WARD_UAS_REJECT_MESSAGE);
}

enum ward_err ward_uas_hear(struct ward_uas *u, const struct ward_uas_peer *from,
	struct ward_slice datagram, ward_ns mono, ward_ns now)
{
	struct ward_sip_message m;
	struct ward_str text = ward_slice_text(datagram);
	enum ward_err err;

	u->mono = mono;
	u->now = now;
	if (!is_peer(u, from))
		return uas_reject(u, WARD_UAS_REJECT_STRANGER);
	if (!ward_str_trim(text).len) /* RFC 5626 3.5.1: keeps a way open */
		return WARD_OK;
	ward_count_name(u->o.counters, "sip.messages", 1);
	err = ward_sip_message_read(datagram, &m);
	if (err)
		return refuse(u, from, &m, err);
	if (!m.status)
		return take_request(u, from, &m);
	take_response(u, &m);
	return WARD_OK;
}

enum ward_err ward_uas_tick(struct ward_uas *u, ward_ns mono, ward_ns now)
{
	u->mono = mono;
	u->now = now;
	uas_dialog_tick(u);
	return uas_watch_tick(u);
}

/* ---- its life ---- */

static void name_fields(struct ward_uas *u)
{
	const struct {
		const char *name;
		uint32_t *to;
	} names[] = {{"call.kind", &u->f_kind}, {"call.number", &u->f_number},
		{"call.device", &u->f_device}, {"call.method", &u->f_method},
		{"call.peer", &u->f_peer}, {"call.room", &u->f_room}, {"call.floor", &u->f_floor},
		{"call.building", &u->f_building}, {"call.spot", &u->f_spot},
		{"call.place", &u->f_place}, {"call.position", &u->f_position},
		{"call.beacon", &u->f_beacon}, {"call.station", &u->f_station}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++)
		*names[i].to = ward_name(u->o.names, ward_str_z(names[i].name));
}

enum ward_err ward_uas_new(
	const struct ward_uas_opts *o, ward_ns mono, ward_ns now, struct ward_uas **ret)
{
	struct ward_uas *u = ward_mem_alloc(o->mem, sizeof(*u));
	enum ward_err err = WARD_OK;

	if (!u)
		return WARD_ERR_NOMEM;
	u->o = *o;
	u->mono = mono;
	u->now = now;
	ward_arena_init(&u->arena, o->mem, UAS_ARENA);
	name_fields(u);
	for (size_t i = 0; i < UAS_BUCKETS; i++) {
		u->bucket[i].left = BUCKET;
		u->bucket[i].at = mono;
	}
	for (struct ward_str rest = o->peers; !err && rest.p && rest.len;)
		err = u->n_net < UAS_PEERS &&
				      read_net(ward_str_cut(&rest, ' '), &u->net[u->n_net++])
			      ? WARD_OK
			      : WARD_ERR_CONFIG;
	if (!err)
		err = uas_watch_begin(u);
	if (err)
		ward_uas_free(u);
	else
		*ret = u;
	return err;
}

void ward_uas_free(struct ward_uas *u)
{
	if (!u)
		return;
	ward_mem_free(u->o.mem, u->device, u->cap_device * sizeof(*u->device));
	ward_arena_fini(&u->arena);
	ward_mem_free(u->o.mem, u, sizeof(*u));
}
