/* What devices of a building send by themselves: a call to a pager (ESPA 4.4.4), as it is on the
 * wire between a control station and who calls, and an SNMP trap (RFC 3416 4.2.6). */
#include "exercise/act.h"
#include "exercise/ber.h"
#include "exercise/device.h"

enum { SOH = 1, STX, ETX, EOT, ENQ, ACK, RS = 0x1e, US = 0x1f };
enum { CALL = '1', ADDRESS = '1', TEXT, BEEPS, TYPE, TIMES, PRIORITY };

void ward_act_espa_poll(struct ward_wr *w)
{
	ward_wr_ch(w, '1');
	ward_wr_u8(w, ENQ);
	ward_wr_u8(w, EOT); /* who is asked has nothing to say */
}

static void put_record(struct ward_wr *w, char number, struct ward_str data, uint8_t end)
{
	ward_wr_ch(w, number);
	ward_wr_u8(w, US);
	ward_wr_str(w, data);
	ward_wr_u8(w, end);
}

void ward_act_espa(const struct ward_step *s, struct ward_wr *w)
{
	const char type = (char)s->espa.type, priority = (char)s->espa.priority;
	uint8_t check = 0;

	WARD_ASSERT(s->act == WARD_ACT_ESPA);
	ward_wr_z(w, "1\x05"
		     "2\x05\x06"); /* asked, it selects the paging system, which is there */
	size_t from = w->len;

	ward_wr_u8(w, SOH);
	ward_wr_ch(w, CALL);
	ward_wr_u8(w, STX);
	put_record(w, ADDRESS, s->espa.address, RS);
	put_record(w, TEXT, s->espa.message, RS);
	put_record(w, BEEPS, WARD_STR("3"), RS);
	put_record(w, TYPE, (struct ward_str){&type, 1}, RS);
	put_record(w, TIMES, WARD_STR("1"), RS);
	put_record(w, PRIORITY, (struct ward_str){&priority, 1}, ETX);
	for (size_t i = from + 1; i < w->len && !ward_wr_bad(w); i++)
		check ^= w->p[i];
	ward_wr_u8(w, check & 0x7f);
	ward_wr_u8(w, ACK);
	ward_wr_u8(w, EOT);
}

void ward_act_espa_plan(
	const struct ward_scenario *c, const struct ward_source *source, struct ward_wr *w)
{
	for (size_t i = 0; i < c->n_step; i++) {
		uint8_t buf[WARD_ACT_ESPA_MAX];
		struct ward_wr one = ward_wr_fixed(buf, sizeof(buf));

		if (c->step[i].act != WARD_ACT_ESPA || c->step[i].source != source)
			continue;
		ward_act_espa(&c->step[i], &one);
		ward_wr_varint(w, (uint64_t)c->step[i].at);
		ward_wr_varint(w, i);
		ward_wr_lv(w, ward_wr_slice(&one));
	}
}

static void put_binding(struct ward_wr *w, struct ward_str name, uint8_t tag, struct ward_str value)
{
	uint8_t buf[WARD_SCENARIO_TEXT_MAX + 5 * WARD_SNMP_IDS + 16];
	struct ward_wr one = ward_wr_fixed(buf, sizeof(buf));
	struct ward_snmp_oid oid;
	const char *why;
	int64_t number;

	if (ward_snmp_oid_parse(name, &oid, &why) != WARD_OK)
		return; /* a scenario that was checked has none */
	ward_ber_put_oid(&one, &oid);
	if (tag == WARD_BER_OID) {
		if (ward_snmp_oid_parse(value, &oid, &why) != WARD_OK)
			return;
		ward_ber_put_oid(&one, &oid);
	} else if (tag != WARD_BER_OCTETS && ward_str_i64(value, &number)) {
		ward_ber_put_int(&one, tag, number);
	} else {
		ward_ber_put(&one, WARD_BER_OCTETS, ward_slice_of(value.p, value.len));
	}
	w->bad |= ward_wr_bad(&one);
	ward_ber_put(w, WARD_BER_SEQUENCE, ward_wr_slice(&one));
}

void ward_act_trap(const struct ward_scenario *c, const struct ward_step *s, struct ward_wr *w)
{
	static const int64_t ticks_a_second = 100;
	uint8_t buf[WARD_BER_MAX];
	char up[24];
	struct ward_wr bindings = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr time = ward_wr_fixed(up, sizeof(up));

	WARD_ASSERT(s->act == WARD_ACT_TRAP);
	ward_wr_i64(&time, (int64_t)(s->at / WARD_NS_PER_S) * ticks_a_second);
	put_binding(&bindings, WARD_STR("1.3.6.1.2.1.1.3.0"), WARD_BER_TICKS, ward_wr_text(&time));
	put_binding(&bindings, WARD_STR("1.3.6.1.6.3.1.1.4.1.0"), WARD_BER_OID, s->trap.oid);
	for (size_t i = 0; i < s->n_pair; i++)
		put_binding(&bindings, s->pair[i].key,
			s->pair[i].raw ? WARD_BER_INTEGER : WARD_BER_OCTETS, s->pair[i].value);
	struct ward_ber_message m = {.community = WARD_STR(WARD_DEVICE_COMMUNITY),
		.pdu = WARD_BER_TRAP,
		.request = (int64_t)(s - c->step) + 1,
		.bindings = ward_wr_slice(&bindings)};

	w->bad |= ward_wr_bad(&bindings);
	ward_ber_put_message(w, &m);
}
