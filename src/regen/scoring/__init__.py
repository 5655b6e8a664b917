"""Official metrics: span scores of taggers, label scores of classifiers."""
