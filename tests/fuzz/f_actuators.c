/* Systems as people write them: what loads acts on nothing that must never be acted on, and all of
 * it can be taken back by somebody. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "recover/care.h"
#include "respond/act/actuators.h"
#include "respond/act/call.h"
#include "respond/act/command.h"
#include "respond/act/port.h"

static const char more[] =
	"roles: [{id: guard, name: Guard}]\n"
	"rooms: [{id: or-2, name: Theatre, floor: f, class: room.theatre.hybrid, zone: z-in}]\n"
	"doors: [{id: d-3, from: or-1, to: or-2}]\n";

static struct lab l; /* loaded once: it only answers */

static bool is_cut(const struct ward_ability *y, uint32_t node)
{
	for (size_t i = 0; i < y->n_cuts; i++)
		if (y->cuts[i] == node)
			return true;
	return false;
}

/* What is set can be set back; no uplink; who shares a port is cut off with it. */
static void check_ports(const struct ward_actuators *t, const struct ward_ability *y)
{
	struct ward_port_state to, back;
	struct ward_port_name name;

	WARD_ASSERT(ward_port_security(t->a[y->actuator].security));
	WARD_ASSERT(ward_port_state(y->run, &to) && ward_port_state(y->back, &back));
	WARD_ASSERT(to.what == back.what && to.value != back.value);
	WARD_ASSERT(to.what == WARD_PORT_PVID || to.value == WARD_PORT_DOWN);
	for (size_t i = 0; i < y->n_on; i++) {
		WARD_ASSERT(ward_port_name(y->port[i], &name));
		WARD_ASSERT(!ward_port_uplink(t->a[y->actuator].uplinks, y->port[i]));
		for (size_t k = 0; k < t->n_ability; k++)
			for (size_t j = 0;
				t->ability[k].actuator == y->actuator && j < t->ability[k].n_on;
				j++)
				WARD_ASSERT(t->ability[k].on[j] == y->on[i] ||
					    !ward_str_eq(t->ability[k].port[j], y->port[i]) ||
					    is_cut(y, t->ability[k].on[j]));
	}
}

/* What is called, and what calls it back, can be sent for each thing. */
static void call(const struct ward_actuators *t, const struct ward_ability *y, uint32_t node)
{
	bool openc2 = t->a[y->actuator].way == WARD_ACT_WAY_OPENC2;
	const struct ward_str text[] = {y->run, y->content, y->back, y->back_content};
	char buf[WARD_ARRAY_LEN(text)][WARD_COMMAND_MAX + 1];
	struct ward_command_why why;
	struct ward_wr w[WARD_ARRAY_LEN(text)];
	const struct ward_act_thing on = {
		.node = node, .host = y->hosts ? WARD_STR("02:77:19:c3:5a:0e") : WARD_STR("")};

	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		w[i] = ward_wr_fixed(buf[i], sizeof(buf[i]));
		WARD_ASSERT(ward_command_fill(text[i], l.m, on, &w[i], &why) == WARD_OK);
	}
	for (size_t i = 0; i < (y->undo ? 4 : 2); i += 2)
		WARD_ASSERT(!ward_call_wrong(ward_wr_text(&w[i]), ward_wr_text(&w[i + 1]), openc2,
			&l.lim, ward_mem_heap()));
	WARD_ASSERT(y->undo || !y->back_content.len);
	WARD_ASSERT(!ward_call_header_wrong(t->a[y->actuator].header));
}

static void check(const struct ward_actuators *t, const struct ward_escape *plan, size_t k)
{
	const struct ward_ability *y = &t->ability[k];

	WARD_ASSERT(y->actuator < t->n && y->n_on && y->n_role && (unsigned)y->does < WARD_DOES_N);
	WARD_ASSERT(y->lasts >= 0 && y->lasts <= WARD_ACT_LASTS_MAX && y->undo == (y->lasts > 0));
	WARD_ASSERT(y->undo || (y->does != WARD_DOES_LOCK && y->does != WARD_DOES_ISOLATE));
	WARD_ASSERT((y->port != NULL || y->seeks) == (t->a[y->actuator].way == WARD_ACT_WAY_SNMP));
	WARD_ASSERT(!y->port || !y->seeks);
	if (y->port)
		check_ports(t, y);
	for (size_t i = 0; i < y->n_role; i++)
		WARD_ASSERT(ward_model_node(l.m, y->role[i])->kind == WARD_NODE_ROLE);
	for (size_t i = 0; i < y->n_on; i++) {
		size_t best =
			ward_ability_narrowest(t, y->does, y->on[i], t->a[y->actuator].exercise);

		WARD_ASSERT(ward_ability_acts_on(y, y->on[i]) && best != SIZE_MAX);
		WARD_ASSERT(t->ability[best].n_cuts <= y->n_cuts);
		if (ward_actuator_type(t->a[y->actuator].way))
			call(t, y, y->on[i]);
		WARD_ASSERT(y->does == WARD_DOES_TELL || !ward_care_medical(l.m, y->on[i]));
		WARD_ASSERT(y->does != WARD_DOES_LOCK ||
			    (plan->known && !ward_escape_door(l.m, plan, y->on[i])));
	}
}

/* The first byte says whether there is a plan of evacuation; then the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len ? len - 1 : 0;
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);
	const struct ward_escape plan = {.known = len && data[0] != '0'};
	struct ward_actuators t;
	struct ward_diag d;

	WARD_ASSERT(l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml", more) == WARD_OK);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_actuators_in in = {l.m, &plan, &l.lim, ward_mem_heap(), &d};
	enum ward_err err =
		ward_actuators_read(&in, WARD_STR("actuators.yml"), ward_slice_of(copy, n), &t);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == !d.n_error);
	for (size_t k = 0; !err && k < t.n_ability; k++)
		check(&t, &plan, k);
	ward_actuators_free(&t);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
