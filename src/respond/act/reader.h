/* Reading actuators.yml, shared by the files that do: systems (actuators.c), and what each can do
 * (ability.c). Internal. */
#ifndef WARD_RESPOND_ACT_READER_H
#define WARD_RESPOND_ACT_READER_H

#include "respond/act/actuators.h"

struct reader {
	const struct ward_actuators_in *in;
	struct ward_actuators *to;
	const struct ward_conf *c; /* the entry in hand */
	enum ward_err err;
};

/* A finding about that value. */
#define reader_say(r, at, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

/* A copy of the entry's text; empty: there is none. */
struct ward_str reader_text(struct reader *r, const char *key, bool required);
struct ward_str reader_id(struct reader *r);
/* A copy of how a port is called, which is checked. */
void reader_port(struct reader *r, const struct ward_conf *v, struct ward_str *ret);
/* Of a system that is asked by SNMP (ability_port.c): `ports` into a->on and a->port; and when all
 * else was read without a finding, what is set of them. */
void reader_ports(struct reader *r, struct ward_ability *a);
void reader_port_states(struct reader *r, struct ward_ability *a);
/* The entry is what that system can do: into the table. */
void reader_ability(struct reader *r, size_t actuator);

#endif
