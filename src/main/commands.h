#pragma once

namespace CLI {
class App;
}

namespace selene::main {

/// Each adds one sub-command to the program. A sub-command that was chosen leaves its exit status in `exit_status`.
void add_serve_command(CLI::App& app, int& exit_status);
void add_backup_command(CLI::App& app, int& exit_status);
void add_bench_command(CLI::App& app, int& exit_status);
void add_calibrate_command(CLI::App& app, int& exit_status);
void add_check_command(CLI::App& app, int& exit_status);
void add_eval_command(CLI::App& app, int& exit_status);
void add_pull_command(CLI::App& app, int& exit_status);
void add_rerank_command(CLI::App& app, int& exit_status);
void add_restore_command(CLI::App& app, int& exit_status);

}  // namespace selene::main
