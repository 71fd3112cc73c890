#include "exercise/write.h"

#include "base/rd.h"
#include "exercise/act.h"
#include "exercise/names.h"
#include "sense/bacnet/bacnet.h"

enum { UNKNOWN_OBJECT = 31 /* ASHRAE 135, 18 */ };

/* MODBUS Messaging on TCP/IP 1.0b 3.1.3, Application Protocol 1.1b3 6.5, 6.6, 6.12 and 7 */
enum {
	LENGTH_AT = 6,
	FUNCTION_AT = 7,
	WRITE_COIL = 5,
	WRITE_REGISTER = 6,
	WRITE_MANY = 16,
	EXCEPTION = 0x80,
	ILLEGAL_FUNCTION = 1,
	ILLEGAL_ADDRESS = 2,
};

static const struct ward_controller *find(
	const struct ward_scenario *c, uint32_t host, enum ward_device_speech speech)
{
	for (size_t i = 0; i < c->n_controller; i++)
		if (ward_device_speaks(c->controller[i].source->kind) == speech &&
			ward_controller_is(&c->controller[i], c->host[host].id))
			return &c->controller[i];
	return NULL;
}

/* A frame that was heard of a tool: the WriteProperty in it, and to which controller (RFC 791, 768,
 * ASHRAE 135 6.2 and 20.1.2). What is routed, tagged or in segments is none. */
static const struct ward_controller *heard(
	const struct ward_scenario *c, struct ward_str frame, struct ward_slice *ret)
{
	enum { TYPE_AT = 12, IPV4 = 0x0800, UDP = 17, FRAGMENT = 0x3fff, PORT = 0xbac0 };
	enum {
		ADDRESSED = 0x28,
		SEGMENTED = 0xf8,
		NPDU_AT = 4,
		APDU_AT = 6,
		SERVICE_AT = 9,
		WRITE_PROPERTY = 15
	};
	struct ward_rd r = ward_rd_from(frame.p, frame.len);

	(void)ward_rd_bytes(&r, TYPE_AT);
	bool ipv4 = ward_rd_be16(&r) == IPV4;
	uint8_t version = ward_rd_u8(&r);

	(void)ward_rd_bytes(&r, 5);
	bool whole = (ward_rd_be16(&r) & FRAGMENT) == 0;

	(void)ward_rd_u8(&r);
	bool udp = ward_rd_u8(&r) == UDP;

	(void)ward_rd_bytes(&r, 6);
	struct ward_slice to = ward_rd_bytes(&r, 4);

	(void)ward_rd_bytes(
		&r, (size_t)(version & 0xf) * 4 >= 20 ? (size_t)(version & 0xf) * 4 - 20 : 0);
	(void)ward_rd_be16(&r);
	bool port = ward_rd_be16(&r) == PORT;
	size_t len = ward_rd_be16(&r);

	(void)ward_rd_be16(&r);
	struct ward_slice is = ward_rd_bytes(&r, len >= 8 ? len - 8 : 0);

	if (ward_rd_bad(&r) || !ipv4 || version >> 4 != 4 || !whole || !udp || !port ||
		is.len <= SERVICE_AT || is.len > WARD_WRITE_MAX || is.p[NPDU_AT + 1] & ADDRESSED ||
		is.p[APDU_AT] & SEGMENTED || is.p[SERVICE_AT] != WRITE_PROPERTY)
		return NULL;
	*ret = is;
	for (uint32_t i = 0; i < c->n_host; i++)
		if (memcmp(c->host[i].ip, to.p, sizeof(c->host[i].ip)) == 0)
			return find(c, i, WARD_DEVICE_BACNET);
	return NULL;
}

/* The next that is heard and written, and to whom. */
static const struct ward_controller *next_heard(const struct ward_scenario *c,
	const struct ward_step *s, size_t *at, struct ward_slice *ret)
{
	const struct ward_controller *k = NULL;

	while (!k && *at < s->tool.n_heard)
		k = heard(c, s->tool.heard[(*at)++].frame, ret);
	return k;
}

const struct ward_controller *ward_write_to(
	const struct ward_scenario *c, const struct ward_step *s)
{
	struct ward_slice any;
	size_t first = 0;

	if (s->act == WARD_ACT_TOOL)
		return next_heard(c, s, &first, &any);
	if (s->act == WARD_ACT_BACNET && s->bacnet.service == WARD_BACNET_ACT_WRITE &&
		s->bacnet.to != WARD_NONE)
		return find(c, s->bacnet.to, WARD_DEVICE_BACNET);
	if (s->act == WARD_ACT_TCP && s->talk.port == WARD_WRITE_PORT && !s->talk.refused &&
		s->talk.to != WARD_NONE)
		return find(c, s->talk.to, WARD_DEVICE_MODBUS);
	return NULL;
}

/* What the client says is one stream, however it is cut. How many bytes there are from `at` on, n
 * at most. */
static size_t said(const struct ward_step *s, size_t at, uint8_t *ret, size_t n)
{
	size_t got = 0;

	for (size_t i = 0; i < s->talk.n_say && got < n; i++) {
		struct ward_str is = s->talk.say[i].bytes;

		if (s->talk.say[i].server)
			continue;
		if (at >= is.len) {
			at -= is.len;
			continue;
		}
		size_t len = is.len - at < n - got ? is.len - at : n - got;

		memcpy(ret + got, is.p + at, len);
		got += len;
		at = 0;
	}
	return got;
}

static bool next_modbus(const struct ward_step *s, size_t *at, struct ward_wr *w)
{
	uint8_t adu[WARD_DEVICE_REQUEST];

	for (;;) {
		size_t n = said(s, *at, adu, sizeof(adu)), len;

		if (n <= FUNCTION_AT)
			return false;
		len = LENGTH_AT + (size_t)(adu[4] << 8 | adu[5]);
		if (adu[2] || adu[3] || len <= FUNCTION_AT || len > n)
			return false;
		*at += len;
		if (adu[FUNCTION_AT] != WRITE_COIL && adu[FUNCTION_AT] != WRITE_REGISTER &&
			adu[FUNCTION_AT] != WRITE_MANY)
			continue;
		ward_wr_bytes(w, adu, len);
		return true;
	}
}

const struct ward_controller *ward_write_next(
	const struct ward_scenario *c, const struct ward_step *s, size_t *at, struct ward_wr *w)
{
	const struct ward_controller *k;
	struct ward_slice is;

	if (s->act == WARD_ACT_TOOL) {
		k = next_heard(c, s, at, &is);
		if (k)
			ward_wr_bytes(w, is.p, is.len);
		return k;
	}
	k = ward_write_to(c, s);
	if (!k)
		return NULL;
	if (s->act == WARD_ACT_TCP)
		return next_modbus(s, at, w) ? k : NULL;
	if ((*at)++)
		return NULL;
	ward_act_bacnet(s, w);
	return k;
}

/* ---- what comes of it ---- */

static const char *const cannot = WARD_TEXT("only a setting, or what another value follows, can be "
					    "written, and never an input: make it "
					    "`{begins: …}`, or let another value follow it");
static const char *const not_there = WARD_TEXT(
	"it has no such point: write to the address of one of its values, as points.csv has it");

static enum ward_write_end ended_bacnet(
	struct ward_slice request, struct ward_slice answer, const char **ret_why)
{
	static uint8_t texts[1 << 12];
	static struct ward_bacnet asked, m;
	struct ward_wr text = ward_wr_fixed(texts, sizeof(texts));

	if (!ward_bacnet_parse(request, &text, &asked) || !ward_bacnet_parse(answer, &text, &m) ||
		!m.has_apdu || !m.has_invoke || m.invoke_id != asked.invoke_id ||
		m.pdu == WARD_BACNET_PDU_CONFIRMED)
		return WARD_WRITE_FOREIGN;
	*ret_why = m.error_code.is && m.error_code.v == UNKNOWN_OBJECT ? not_there : cannot;
	return m.pdu == WARD_BACNET_PDU_SIMPLE_ACK ? WARD_WRITE_DONE : WARD_WRITE_REFUSED;
}

static enum ward_write_end ended_modbus(
	struct ward_slice request, struct ward_slice answer, const char **ret_why)
{
	struct ward_rd q = ward_rd_from(request.p, request.len);
	struct ward_rd r = ward_rd_from(answer.p, answer.len);
	uint16_t transaction = ward_rd_be16(&q), same = ward_rd_be16(&r);

	(void)ward_rd_be16(&r);
	size_t len = ward_rd_be16(&r);

	if (ward_rd_bad(&r) || ward_rd_left(&r) < len)
		return WARD_WRITE_MORE;
	(void)ward_rd_u8(&r);
	uint8_t function = ward_rd_u8(&r), code = ward_rd_u8(&r);

	if (ward_rd_bad(&q) || ward_rd_bad(&r) || same != transaction)
		return WARD_WRITE_FOREIGN;
	*ret_why = code == ILLEGAL_ADDRESS ? not_there : cannot;
	return function & EXCEPTION ? WARD_WRITE_REFUSED : WARD_WRITE_DONE;
}

enum ward_write_end ward_write_ended(const struct ward_controller *k, struct ward_slice request,
	struct ward_slice answer, const char **ret_why)
{
	return ward_device_speaks(k->source->kind) == WARD_DEVICE_MODBUS
		       ? ended_modbus(request, answer, ret_why)
		       : ended_bacnet(request, answer, ret_why);
}

enum ward_write_end ward_write_device(struct ward_device *d, const struct ward_controller *k,
	ward_ns time, struct ward_slice request, const char **ret_why)
{
	uint8_t buf[WARD_DEVICE_ANSWER];
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
	bool answered = ward_device_speaks(k->source->kind) == WARD_DEVICE_MODBUS
				? ward_device_take(d, time, request, &out) > 0
				: ward_device_hear(d, time, request, &out);

	return answered ? ward_write_ended(k, request, ward_wr_slice(&out), ret_why)
			: WARD_WRITE_FOREIGN;
}

void ward_write_apply(const struct ward_scenario *c, const struct ward_step *s, ward_ns time,
	const struct ward_controller *k, struct ward_device *d)
{
	uint8_t buf[WARD_WRITE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	const struct ward_controller *to;
	const char *why;
	size_t at = 0;

	if (s->act == WARD_ACT_SET && s->set.controller == k)
		(void)ward_device_put(d, time, s->set.value, s->set.to); /* it was read so */
	for (; (to = ward_write_next(c, s, &at, &w)) != NULL; ward_wr_reset(&w))
		if (to == k)
			(void)ward_write_device(d, k, time, ward_wr_slice(&w), &why);
}
