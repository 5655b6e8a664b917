"""Whether answers hang on whom a text speaks of: names of several origins and genders, gendered words."""
