"""Plans, projects, payments and results in public: masked copies, withdrawn when their time ends."""
