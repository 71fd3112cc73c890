/* Which ability of actuators.yml a command of a playbook is: CACAO's `http-api`, `openc2-http` and
 * `bash` (docs/playbooks.md). The playbook chooses by it; what is sent is the ability's own text.
 *
 * Pure. Commands are what whoever wrote a playbook, or has taken over who drives it, says. */
#ifndef WARD_RESPOND_ACT_CALLED_H
#define WARD_RESPOND_ACT_CALLED_H

#include "respond/act/actuators.h"

/* Stands in a command for a value that is not known yet: of letters, digits and . _ : / -, at least
 * one. No template holds it. */
#define WARD_CALLED_ANY "\xEF\xBF\xBC"

/* What the command {"command":TYPE,"call":TEXT,"content":TEXT,"headers":["NAME: VALUE"],
 * "systems":[TEXT]} asks for, done to that node (WARD_NONE: to any of its things): the system is
 * one of those that are named, by its id, name or host, and all that is said equals what the
 * ability sends for the thing; objects of JSON whatever the order of their members. Of several what
 * cuts off least, of equals the first; SIZE_MAX: nothing. exercise: of systems for exercises, else
 * of real ones. */
size_t ward_ability_called(const struct ward_actuators *t, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_conf *command, uint32_t node,
	bool exercise);

#endif
