/* Steps that are packets: ARP and BACnet/IP. */
#include "exercise/load.h"
#include "exercise/names.h"

#include <math.h>
#include <stdlib.h>

enum { INSTANCE_MAX = (1 << 22) - 1 }; /* ASHRAE 135 clause 20.2.14: 22 bits */

/* Who has the address: the hosts so far, else an asset of the hospital. */
static uint32_t who_has(struct ward_scenario_load *l, struct ward_str ip, const uint8_t target[4])
{
	const struct ward_scenario *s = l->s;

	for (size_t i = 0; i < s->n_host; i++)
		if (memcmp(s->host[i].ip, target, 4) == 0)
			return (uint32_t)i;
	uint32_t node = ward_model_by_key(s->model, WARD_KEY_IP, ip), host = WARD_NONE;

	return node != WARD_NONE && ward_model_node(s->model, node)->kind == WARD_NODE_ASSET &&
			       ward_scenario_asset(l, node, &host)
		       ? host
		       : WARD_NONE;
}

void ward_scenario_arp(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	static const char *const known[] = {"from", "target", NULL};
	struct ward_str target;

	step->arp.answer = WARD_NONE;
	ward_conf_only(c, known, l->in->diag);
	bool sends = ward_scenario_host(l, c, "from", &step->from);

	if (!ward_conf_str(c, "target", true, l->in->diag, &target))
		return;
	if (!ward_scenario_ip(target, step->arp.target)) {
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "target"),
			WARD_TEXT("'target' is no IPv4 address: '%.*s'\nwrite it like 10.40.0.10"),
			WARD_STR_ARG(target));
		return;
	}
	uint32_t answer = who_has(l, target, step->arp.target);

	/* nobody answers a host that asks for itself, or across networks */
	if (sends && answer != WARD_NONE && answer != step->from &&
		l->s->host[answer].network == l->s->host[step->from].network)
		step->arp.answer = answer;
}

static bool read_u32(struct ward_scenario_load *l, const struct ward_conf *c, const char *key,
	uint32_t max, uint32_t *ret)
{
	int64_t v;

	if (!ward_conf_i64(c, key, true, l->in->diag, 0, max, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

static bool real_of(struct ward_str s, uint32_t *ret)
{
	char text[64], *end;
	float v;

	if (!s.len || s.len >= sizeof(text) || s.p[0] == ' ')
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	v = strtof(text, &end);
	if (*end || !isfinite(v))
		return false;
	memcpy(ret, &v, sizeof(*ret));
	return true;
}

static bool content(struct ward_str s, struct ward_act_value *p)
{
	uint64_t u;
	int64_t i;

	switch (p->type) {
	case WARD_ACT_VALUE_NULL:
		return s.len == 0;
	case WARD_ACT_VALUE_BOOLEAN:
		p->bits = ward_str_eqz(s, "true");
		return p->bits || ward_str_eqz(s, "false");
	case WARD_ACT_VALUE_UNSIGNED:
	case WARD_ACT_VALUE_ENUMERATED:
		if (!ward_str_u64(s, &u) || u > UINT32_MAX)
			return false;
		p->bits = (uint32_t)u;
		return true;
	case WARD_ACT_VALUE_SIGNED:
		if (!ward_str_i64(s, &i) || i < INT32_MIN || i > INT32_MAX)
			return false;
		p->bits = (uint32_t)(int32_t)i;
		return true;
	case WARD_ACT_VALUE_REAL:
		return real_of(s, &p->bits);
	case WARD_ACT_VALUE_TEXT:
		p->text = s;
		return s.len <= WARD_SCENARIO_TEXT_MAX;
	case WARD_ACT_VALUE_N:
	default:
		return false;
	}
}

/* {TYPE: CONTENT} */
static bool read_point(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_act_value *ret)
{
	static const char *const name[WARD_ACT_VALUE_N] = {
#define X(IDENT, name) name,
		WARD_ACT_VALUE_LIST(X)
#undef X
	};
	const struct ward_conf *v = c->kind == WARD_CONF_MAP ? c->child : NULL;
	unsigned t = 0;

	while (v && t < WARD_ACT_VALUE_N && !ward_str_eqz(v->key, name[t]))
		t++;
	if (!v || v->next || t == WARD_ACT_VALUE_N) {
		WARD_SCENARIO_BAD(l, c,
			WARD_TEXT("'%.*s' is no BACnet value\nwrite `{TYPE: CONTENT}`; the type is "
				  "null, boolean, unsigned, signed, real, enumerated or text"),
			WARD_STR_ARG(c->key));
		return false;
	}
	ret->type = (enum ward_act_value_type)t;
	if ((v->kind == WARD_CONF_SCALAR || v->kind == WARD_CONF_NULL) && content(v->text, ret))
		return true;
	WARD_SCENARIO_BAD(l, v,
		WARD_TEXT("'%.*s' is no %s value\nwrite a number that fits, true or false, a text "
			  "of at most %d bytes; nothing after null"),
		WARD_STR_ARG(v->text), name[t], WARD_SCENARIO_TEXT_MAX);
	return false;
}

/* "binary-value:1" */
static void read_object(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	struct ward_str text, rest, name;
	uint64_t n = 0;

	if (ward_conf_str(c, "object", true, l->in->diag, &text)) {
		rest = text;
		name = ward_str_cut(&rest, ':');
		if (!ward_bacnet_object_number(name, &step->bacnet.type) ||
			!ward_str_u64(rest, &n) || n > INSTANCE_MAX)
			WARD_SCENARIO_BAD(l, ward_conf_get(c, "object"),
				WARD_TEXT("'object' has the bad value '%.*s'\nwrite TYPE:NUMBER "
					  "such as \"binary-value:1\", NUMBER at most %d"),
				WARD_STR_ARG(text), INSTANCE_MAX);
		step->bacnet.instance = (uint32_t)n;
	}
	if (ward_conf_str(c, "property", true, l->in->diag, &text) &&
		!ward_bacnet_property_number(text, &step->bacnet.property))
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "property"),
			WARD_TEXT("there is no property '%.*s'\nwrite it as the standard does, "
				  "such as present-value"),
			WARD_STR_ARG(text));
}

/* Requests of one sender are told apart by a number that goes round (clause 5.4.1). */
static uint8_t next_invoke(const struct ward_scenario *s, const struct ward_step *step)
{
	for (const struct ward_step *p = step; p-- > s->step;)
		if (p->act == WARD_ACT_BACNET && p->from == step->from &&
			p->bacnet.service >= WARD_BACNET_ACT_READ)
			return (uint8_t)(p->bacnet.invoke + 1);
	return 1;
}

static void read_who_is(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	bool low = ward_conf_get(c, "low") != NULL, high = ward_conf_get(c, "high") != NULL;

	if (!low && !high)
		return;
	step->bacnet.ranged = read_u32(l, c, "low", INSTANCE_MAX, &step->bacnet.low) &&
			      read_u32(l, c, "high", INSTANCE_MAX, &step->bacnet.high);
	if (step->bacnet.ranged && step->bacnet.low > step->bacnet.high)
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "low"),
			WARD_TEXT("'low' is above 'high'\nwrite the smaller number first"));
}

static void read_i_am(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	(void)read_u32(l, c, "device", INSTANCE_MAX, &step->bacnet.device);
	(void)read_u32(l, c, "vendor", UINT16_MAX, &step->bacnet.vendor);
}

static void read_read(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	const struct ward_conf *reply = ward_conf_get(c, "reply");

	read_object(l, c, step);
	if (reply && read_point(l, reply, &step->bacnet.answer))
		step->bacnet.reply = WARD_REPLY_VALUE;
}

static void read_write(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	const struct ward_conf *value = ward_conf_get(c, "value");
	struct ward_str reply;
	int64_t priority = 0;

	read_object(l, c, step);
	if (value)
		(void)read_point(l, value, &step->bacnet.value);
	else
		WARD_SCENARIO_BAD(
			l, c, WARD_TEXT("'value' is missing\nadd `value: {enumerated: 0}`"));
	(void)ward_conf_i64(c, "priority", false, l->in->diag, 1, 16, &priority);
	step->bacnet.priority = (uint32_t)priority;
	if (!ward_conf_str(c, "reply", false, l->in->diag, &reply))
		return;
	if (ward_str_eqz(reply, "ack"))
		step->bacnet.reply = WARD_REPLY_ACK;
	else
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "reply"),
			WARD_TEXT("the reply to a write is not '%.*s'\nwrite `reply: ack` or leave "
				  "it out"),
			WARD_STR_ARG(reply));
}

struct service {
	const char *name;
	bool to_one; /* a request to one host; else it may be broadcast */
	const char *const known[12];
	void (*read)(struct ward_scenario_load *, const struct ward_conf *, struct ward_step *);
};

static const struct service services[WARD_BACNET_ACT_N] = {
	{"who-is", false, {"from", "to", "service", "low", "high", NULL}, read_who_is},
	{"i-am", false, {"from", "to", "service", "device", "vendor", NULL}, read_i_am},
	{"read-property", true, {"from", "to", "service", "object", "property", "reply", NULL},
		read_read},
	{"write-property", true,
		{"from", "to", "service", "object", "property", "value", "priority", "reply", NULL},
		read_write},
};

static void read_to(struct ward_scenario_load *l, const struct ward_conf *c, bool to_one,
	struct ward_step *step)
{
	static const uint8_t none[4];
	const struct ward_scenario *s = l->s;
	const struct ward_conf *to = ward_conf_get(c, "to");

	if (to && ward_str_eqz(to->text, "broadcast")) {
		if (to_one)
			WARD_SCENARIO_BAD(l, to,
				WARD_TEXT("a request goes to one host\nname an asset or actor"));
		else if (step->from != WARD_NONE &&
			 memcmp(s->host[step->from].broadcast, none, 4) == 0)
			WARD_SCENARIO_BAD(l, to,
				WARD_TEXT("the sender's network has no IPv4 prefix to broadcast "
					  "in\nadd `cidr` to the network"));
	} else if (ward_scenario_host(l, c, "to", &step->bacnet.to) && step->from != WARD_NONE &&
		   s->host[step->from].network != s->host[step->bacnet.to].network) {
		WARD_SCENARIO_BAD(l, to,
			WARD_TEXT("sender and receiver are on two networks\nname a host of the "
				  "sender's"));
	}
}

void ward_scenario_bacnet(
	struct ward_scenario_load *l, const struct ward_conf *c, struct ward_step *step)
{
	struct ward_str name;
	unsigned i = 0;

	step->bacnet.to = WARD_NONE;
	(void)ward_scenario_host(l, c, "from", &step->from);
	if (!ward_conf_str(c, "service", true, l->in->diag, &name))
		return;
	while (i < WARD_BACNET_ACT_N && !ward_str_eqz(name, services[i].name))
		i++;
	if (i == WARD_BACNET_ACT_N) {
		WARD_SCENARIO_BAD(l, ward_conf_get(c, "service"),
			WARD_TEXT("the player has no service '%.*s'\nwrite who-is, i-am, "
				  "read-property or write-property"),
			WARD_STR_ARG(name));
		return;
	}
	step->bacnet.service = (enum ward_bacnet_act)i;
	ward_conf_only(c, services[i].known, l->in->diag);
	read_to(l, c, services[i].to_one, step);
	services[i].read(l, c, step);
	if (services[i].to_one)
		step->bacnet.invoke = next_invoke(l->s, step);
}
