/* Functions of S7comm and the names of its numbers. There is no public standard: the names are
 * those of Siemens' manuals and of public dissections. */
#ifndef WARD_SENSE_NET_S7COMM_NAMES_H
#define WARD_SENSE_NET_S7COMM_NAMES_H

#include <stdint.h>

/* X(IDENT, code, "name", how a job's parameters are read, how an answer is read) */
#define WARD_S7COMM_FUNCTION_LIST(X)                                          \
	X(CPU_SERVICES, 0x00, "cpu_services", nothing, nothing)               \
	X(READ_VAR, 0x04, "read_var", items, values_read)                     \
	X(WRITE_VAR, 0x05, "write_var", items_and_values, values_written)     \
	X(REQUEST_DOWNLOAD, 0x1a, "request_download", block_control, nothing) \
	X(DOWNLOAD_BLOCK, 0x1b, "download_block", block_control, nothing)     \
	X(DOWNLOAD_ENDED, 0x1c, "download_ended", block_control, nothing)     \
	X(START_UPLOAD, 0x1d, "start_upload", block_control, upload_started)  \
	X(UPLOAD, 0x1e, "upload", block_control, nothing)                     \
	X(END_UPLOAD, 0x1f, "end_upload", block_control, nothing)             \
	X(PI_SERVICE, 0x28, "pi_service", pi_service, nothing)                \
	X(PLC_STOP, 0x29, "plc_stop", plc_stop, nothing)                      \
	X(SETUP, 0xf0, "setup_communication", setup, setup)

enum ward_s7comm_function {
#define X(IDENT, code, name, job, answer) WARD_S7COMM_F_##IDENT = (code),
	WARD_S7COMM_FUNCTION_LIST(X)
#undef X
};

/* Function groups of user data: X(IDENT, code, "name") */
#define WARD_S7COMM_GROUP_LIST(X)                 \
	X(MODE, 0x0, "mode_transition")           \
	X(PROGRAMMER, 0x1, "programmer_commands") \
	X(CYCLIC, 0x2, "cyclic_services")         \
	X(BLOCK, 0x3, "block_functions")          \
	X(CPU, 0x4, "cpu_functions")              \
	X(SECURITY, 0x5, "security")              \
	X(PBC, 0x6, "pbc")                        \
	X(TIME, 0x7, "time_functions")            \
	X(NC, 0xf, "nc_programming")

enum ward_s7comm_group {
#define X(IDENT, code, name) WARD_S7COMM_G_##IDENT = (code),
	WARD_S7COMM_GROUP_LIST(X)
#undef X
};

enum ward_s7comm_format {
	WARD_S7COMM_AS_INT,
	/* by name: */
	WARD_S7COMM_AS_ROSCTR,
	WARD_S7COMM_AS_FUNCTION,
	WARD_S7COMM_AS_GROUP,
	WARD_S7COMM_AS_SUBFUNCTION, /* the group stands above the low byte */
	WARD_S7COMM_AS_ERROR_CLASS,
	WARD_S7COMM_AS_ERROR, /* of parameters */
	WARD_S7COMM_AS_RETURN,
	WARD_S7COMM_AS_AREA,
	WARD_S7COMM_AS_TRANSPORT,
	WARD_S7COMM_AS_BLOCK,
	WARD_S7COMM_AS_MODE,
	WARD_S7COMM_AS_DIRECTION,
	WARD_S7COMM_AS_CONNECTION,
};

/* NULL for a number without a name. They live forever. */
const char *ward_s7comm_name(enum ward_s7comm_format format, uint32_t v);

#endif
