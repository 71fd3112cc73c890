/* The commands, in the order of `ward --help`: most are defined in their own cmd_<ident>.c, those
 * of one kind together. */
#ifndef WARD_CLI_COMMANDS_H
#define WARD_CLI_COMMANDS_H

#include "cli/cli.h"

#define WARD_CMD_LIST(X)        \
	X(account_list)         \
	X(account_code)         \
	X(account_disable)      \
	X(account_enable)       \
	X(account_machine)      \
	X(act_enrol)            \
	X(act_code)             \
	X(act_list)             \
	X(act_show)             \
	X(act_approve)          \
	X(act_no_patient)       \
	X(act_propose)          \
	X(act_refuse)           \
	X(act_renew)            \
	X(act_undo)             \
	X(actions)              \
	X(backup)               \
	X(baseline)             \
	X(care_have)            \
	X(care_set)             \
	X(care)                 \
	X(check)                \
	X(clip_export)          \
	X(clip_key)             \
	X(clip_list)            \
	X(config_back)          \
	X(config_check)         \
	X(config_diff)          \
	X(config_log)           \
	X(config_show)          \
	X(config_take)          \
	X(coverage)             \
	X(crisis)               \
	X(decide)               \
	X(detect)               \
	X(evacuate)             \
	X(exercise_record)      \
	X(export)               \
	X(fault_tree)           \
	X(impact)               \
	X(incident_list)        \
	X(incident_show)        \
	X(incident_confirm)     \
	X(incident_contain)     \
	X(incident_recover)     \
	X(incident_close)       \
	X(incident_dismiss)     \
	X(incident_reopen)      \
	X(incident_note)        \
	X(incident_acknowledge) \
	X(incident_on_my_way)   \
	X(inventory)            \
	X(model_generate)       \
	X(model_import)         \
	X(model_new)            \
	X(model_score)          \
	X(observe_report)       \
	X(observe_panic)        \
	X(observe_all_clear)    \
	X(paths)                \
	X(permit_add)           \
	X(permit_end)           \
	X(permit_import)        \
	X(permit_list)          \
	X(plan)                 \
	X(playbook_check)       \
	X(playbook_list)        \
	X(playbook_show)        \
	X(playbook_runs)        \
	X(playbook_start)       \
	X(playbook_done)        \
	X(playbook_failed)      \
	X(playbook_cancel)      \
	X(preserve_kept)        \
	X(preserve_list)        \
	X(recover)              \
	X(replay)               \
	X(report_incident)      \
	X(restore)              \
	X(risk)                 \
	X(rules_check)          \
	X(rules_coverage)       \
	X(rules_explain)        \
	X(rules_test)           \
	X(rules_tune)           \
	X(run)                  \
	X(search)               \
	X(law)                  \
	X(limits)               \
	X(sense_cap)            \
	X(sense_field)          \
	X(sense_flow)           \
	X(sense_log)            \
	X(sense_net)            \
	X(sense_onvif)          \
	X(sense_video)          \
	X(store_back)           \
	X(store_upgrade)        \
	X(store_versions)       \
	X(version)              \
	X(watch)

#define X(ident) extern const struct ward_cmd ward_cmd_##ident;
WARD_CMD_LIST(X)
#undef X

#endif
