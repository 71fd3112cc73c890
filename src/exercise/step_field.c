/* Steps that devices of a building send by themselves: calls to pagers (ESPA 4.4.4), and SNMP
 * traps. */
#include "exercise/act.h"
#include "exercise/ber.h"
#include "exercise/load.h"

#include "sense/building/snmp_client.h"

enum { ADDRESS_MAX = 16, MESSAGE_MAX = 128 };

/* One of three words as the digit of the standard; the first is the default. */
static uint8_t read_word(struct ward_scenario_load *l, const struct ward_conf *c, const char *key,
	const char *const word[3], const char digit[3])
{
	struct ward_str s = {NULL, 0};

	if (!ward_conf_str(c, key, false, l->in->diag, &s) || !s.len)
		return (uint8_t)digit[0];
	for (size_t i = 0; i < 3; i++)
		if (ward_str_eqz(s, word[i]))
			return (uint8_t)digit[i];
	WARD_SCENARIO_BAD(l, ward_conf_get(c, key),
		WARD_TEXT("'%.*s' is no %s\nwrite %s, %s or %s"), WARD_STR_ARG(s), key, word[0],
		word[1], word[2]);
	return (uint8_t)digit[0];
}

static bool is_message(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.len >= 1 && s.len <= MESSAGE_MAX;
}

void ward_scenario_espa(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {
		"source", "address", "message", "type", "priority", NULL};
	static const char *const type[] = {"standard", "reset", "speech"};
	static const char *const priority[] = {"normal", "high", "alarm"};

	ward_conf_only(c, known, l->in->diag);
	ward_scenario_source(l, c, "espa", step);
	if (step->source && step->source->kind.len &&
		!ward_str_starts(step->source->where, WARD_STR("serial-server:")))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "source"),
			WARD_TEXT("the source '%.*s' listens to a device of this machine, which "
				  "can't be played\nname a source with `where: "
				  "serial-server:HOST:PORT`"),
			WARD_STR_ARG(step->source->id));
	(void)ward_scenario_word(l, c, "address", ADDRESS_MAX, "", &step->espa.address);
	if (ward_conf_str(c, "message", true, l->in->diag, &step->espa.message) &&
		!is_message(step->espa.message))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "message"),
			WARD_TEXT("'message' has more than %d bytes, or others than printable "
				  "ASCII\nwrite what a pager shows"),
			MESSAGE_MAX);
	step->espa.type = read_word(l, c, "type", type, "312");
	step->espa.priority = read_word(l, c, "priority", priority, "321");
}

static bool is_oid(struct ward_str s)
{
	struct ward_snmp_oid oid;
	const char *why;

	return ward_snmp_oid_parse(s, &oid, &why) == WARD_OK && oid.id[0] <= 2 && oid.id[1] < 40;
}

void ward_scenario_trap(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"source", "from", "oid", "objects", NULL};
	static const char *const taken[] = {NULL};

	ward_conf_only(c, known, l->in->diag);
	ward_scenario_source(l, c, "snmp", step);
	if (step->source && step->source->kind.len &&
		!ward_str_starts(step->source->where, WARD_STR("snmp-trap:")))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "source"),
			WARD_TEXT("the source '%.*s' asks an agent, and hears no traps\nname a "
				  "source with `where: snmp-trap:ADDR:PORT`"),
			WARD_STR_ARG(step->source->id));
	(void)ward_scenario_host(l, c, "from", &step->from);
	if (ward_conf_str(c, "oid", true, l->in->diag, &step->trap.oid) && !is_oid(step->trap.oid))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "oid"),
			WARD_TEXT("'%.*s' is no object identifier\nwrite it in numbers, as "
				  "1.3.6.1.2.1.33.2.1"),
			WARD_STR_ARG(step->trap.oid));
	ward_scenario_pairs(l, c, "objects", taken, step);
	for (size_t i = 0; i < step->n_pair; i++)
		if (!is_oid(step->pair[i].key))
			WARD_SCENARIO_BAD(l, ward_conf_get(c, "objects"),
				WARD_TEXT("'%.*s' is no object identifier\nwrite it in numbers, as "
					  "1.3.6.1.2.1.33.1.2.4.0"),
				WARD_STR_ARG(step->pair[i].key));
	uint8_t buf[WARD_BER_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_act_trap(l->s, step, &w);
	if (ward_wr_bad(&w))
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT(
				"the trap is longer than %d bytes\nleave out some of its objects"),
			(int)sizeof(buf));
}
