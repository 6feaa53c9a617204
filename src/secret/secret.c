typedef int mc_secret_placeholder;
